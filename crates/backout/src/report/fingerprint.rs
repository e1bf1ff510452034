//! Names of findings that stay the same when lines move.

use super::{FindingReport, Report};
use litemap::LiteMap;

/// Every finding with its fingerprint: of its rule, file and message without digits, and of its number among those alike.
pub(super) fn fingerprints(report: &Report) -> Vec<(&FindingReport, String)> {
    let mut alike: LiteMap<(&str, &str, String), usize> = LiteMap::new();
    let all = report.all_findings().map(|finding| {
        let path = finding.at.as_ref().map_or("", |at| at.path.as_str());
        // Messages name lines, and lines move.
        let message: String = finding.message.chars().filter(|c| !c.is_ascii_digit()).collect();
        let mut hash = hash([finding.rule, path, message.as_str()]);
        let number = alike.entry((finding.rule, path, message)).or_default();
        hash ^= (*number as u64).wrapping_mul(PRIME);
        *number += 1;
        (finding, format!("{hash:016x}"))
    });
    all.collect()
}

const PRIME: u64 = 0x0000_0100_0000_01b3;

/// FNV-1a: short, the same everywhere, and no secret.
fn hash(parts: [&str; 3]) -> u64 {
    let bytes = parts.into_iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}
