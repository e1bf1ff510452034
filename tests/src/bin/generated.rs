//! Holds backout against a server on random plans, and prints where the two differ.
//!
//! `cargo run --release -p backout-tests --bin generated -- COUNT SEED [SERVERS]` judges the plans of COUNT numbers from SEED on, each
//! with and without a defect, and prints the table and the smallest plan of each class of disagreement as a story (`OPEN=1`: of
//! those without the baseline, too).
//! `generated -- again SEED…` does the same with the plans of these numbers.
//! `generated -- show SEED` prints one plan with what the server and backout say of it; with a file in the place of the seed, the plan
//! that its bytes decide. Exit code 1: a "safe" was refuted.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use backout_tests::differential::{Bench, Class, Harm, Tally, name_the_plan_in_panics, shrink, story};
use backout_tests::generate::{Plan, plan, plan_of_bytes, seeded};
use backout_tests::oracle::Server;

fn main() -> ExitCode {
    name_the_plan_in_panics();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    if arguments.first().is_some_and(|word| word == "show") {
        match arguments.get(1).map(std::fs::read) {
            Some(Ok(bytes)) => show(|version| plan_of_bytes(&bytes, version)),
            _ => show(|version| plan(number(1, 1), version)),
        }
        return ExitCode::SUCCESS;
    }
    let (seeds, servers): (Vec<u64>, u64) = match arguments.split_first() {
        Some((word, seeds)) if word == "again" => (seeds.iter().filter_map(|seed| seed.parse().ok()).collect(), 1),
        _ => ((number(1, 1)..).take(number(0, 1000) as usize).collect(), number(2, 1)),
    };
    let next = AtomicUsize::new(0);
    let total = Mutex::new(Tally::default());
    let begin = std::time::Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..servers {
            scope.spawn(|| {
                let server = Server::start().unwrap_or_else(|error| panic!("{error}"));
                let mut bench = Bench::new(&server).unwrap_or_else(|error| panic!("{error}"));
                let mut tally = Tally::default();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(seed) = seeds.get(at) else { break };
                    bench.pair(*seed, &mut tally);
                    if (at + 1).is_multiple_of(500) {
                        eprintln!("{} of {} numbers, {:.0} s", at + 1, seeds.len(), begin.elapsed().as_secs_f64());
                    }
                }
                total.lock().expect("no thread panics while it holds this").merge(tally);
            });
        }
    });
    let tally = total.into_inner().expect("the threads have ended");
    let server = Server::start().unwrap_or_else(|error| panic!("{error}"));
    let (first, last) = (seeds.first().copied().unwrap_or_default(), seeds.last().copied().unwrap_or_default());
    println!("PostgreSQL {}, seeds {first} to {last}, {:.0} s\n", server.version_text, begin.elapsed().as_secs_f64());
    println!("{}", tally.table());
    for (seed, error) in tally.unusable.iter().take(10) {
        println!("seed {seed}: {error}");
    }
    for (seed, kind, word) in tally.missed.iter().take(20) {
        println!("missed: seed {seed}, {kind}, {word}");
    }
    let mut bench = Bench::new(&server).unwrap_or_else(|error| panic!("{error}"));
    let open = std::env::var_os("OPEN").is_some();
    for (class, (_, first)) in tally.classes.iter().filter(|((harm, _), _)| open || *harm != Harm::Open) {
        print_smallest(&mut bench, first, class);
    }
    ExitCode::from(u8::from(tally.false_safe() > 0))
}

fn print_smallest(bench: &mut Bench, first: &Plan, class: &Class) {
    let small = shrink(bench, first, class);
    if let Ok(outcome) = bench.judge(&small) {
        println!("{}", story(&small, &outcome, &format!("{:?}: {}", class.0, class.1), bench.version()));
    }
}

fn show(plan: impl Fn(u16) -> Plan) {
    let server = Server::start().unwrap_or_else(|error| panic!("{error}"));
    let mut bench = Bench::new(&server).unwrap_or_else(|error| panic!("{error}"));
    let good = plan(bench.version());
    for each in std::iter::once(good.clone()).chain(seeded(&good)) {
        match bench.judge(&each) {
            Ok(outcome) => {
                println!("{}", story(&each, &outcome, &format!("Plan {}", good.seed), bench.version()));
                println!("{:#?}", outcome.said);
            }
            Err(error) => println!("{error}\n{each:#?}"),
        }
    }
}
