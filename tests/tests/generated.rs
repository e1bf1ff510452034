//! Random plans on a real server: the first of those that `generated` runs by the tens of thousands.

use backout_tests::differential::{Bench, Tally};
use backout_tests::oracle::Server;

/// How many numbers; each is a plan without and one with a defect.
const NUMBERS: u64 = 120;

#[test]
fn no_safe_is_refuted_on_generated_plans() {
    let server = Server::start().unwrap_or_else(|error| panic!("{error}"));
    let mut bench = Bench::new(&server).unwrap_or_else(|error| panic!("{error}"));
    let mut tally = Tally::default();
    for seed in 1..=NUMBERS {
        bench.pair(seed, &mut tally);
    }
    let table = tally.table();
    let next = "run `cargo run --release -p backout-tests --bin generated -- show SEED` for a plan with what the server says";
    assert_eq!(tally.false_safe(), 0, "{table}\n{next}");
    // The generator must go on writing plans that a server takes, or nothing is tested.
    assert!(tally.plans as u64 > NUMBERS * 3 / 2, "{table}");
    assert!(tally.failing_forwards * 50 < tally.plans, "{table}");
    assert_eq!(tally.unseeded[1..], [0, 0], "a rollback that works is not called safe\n{table}\n{next}");
    assert!(tally.disagreeing * 100 <= tally.plans, "more than one in a hundred disagrees\n{table}\n{next}");
}
