//! A whole page in the fragment of its address: `1.` and the state as JSON, compressed by zlib and written in base64url.
//!
//! Whoever opens a link did not write it, so it is read with suspicion: its length and what it unfolds to are bounded, a checksum
//! tells whether it arrived whole, and whatever is wrong is a value to show.

use crate::State;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
use std::fmt;

/// The version that [`encode`] writes.
const VERSION: &str = "1";
/// The longest link that is read, in bytes. Browsers take no longer ones.
pub const LONGEST_LINK: usize = 2 << 20;
/// The most that a link may unfold to, in bytes: as much as the scripts of a large release.
pub const LARGEST_STATE: usize = 8 << 20;

/// Why a link cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It does not begin as a link of ours does.
    NoLink,
    /// It was made by a later version of the page.
    Version(String),
    /// It holds a character that none of ours has, as when a program has cut it or added something.
    Characters,
    /// It did not arrive whole: something is missing or changed.
    Damaged,
    /// It is longer, or unfolds to more, than anything that we would make.
    TooLarge,
    /// It holds something else than scripts and settings.
    NoState,
}

impl fmt::Display for Broken {
    /// A sentence for the reader of the page.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::NoLink => "This address holds no scripts: it does not look like a link that this page has made.",
            Self::Version(_) => "This link was made by a newer version of this page. Reload the page, or ask for the scripts themselves.",
            Self::Characters => "This link is broken: it holds characters that do not belong there. Copy it again as a whole.",
            Self::Damaged => "This link is broken: a part of it is missing or changed. Copy it again as a whole.",
            Self::TooLarge => "This link unfolds to more than this page takes. Ask for the scripts themselves.",
            Self::NoState => "This link holds something else than two scripts.",
        })
    }
}

impl std::error::Error for Broken {}

/// Why a state does not go into a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// How long the link would be, in bytes.
    pub length: usize,
}

/// The fragment for a state, without `#`. Not for states whose link nobody could open.
///
/// ```
/// use backout_web_state::{State, share};
/// let state = State { forward: "CREATE TABLE a ();".into(), ..State::default() };
/// let link = share::encode(&state).unwrap();
/// assert_eq!(share::decode(&link), Ok(state));
/// ```
pub fn encode(state: &State) -> Result<String, TooLong> {
    let json = serde_json::to_vec(state).unwrap_or_default();
    if json.len() > LARGEST_STATE {
        return Err(TooLong { length: json.len() });
    }
    const LEVEL: u8 = 9;
    let link = format!("{VERSION}.{}", URL_SAFE_NO_PAD.encode(compress_to_vec_zlib(&json, LEVEL)));
    if link.len() > LONGEST_LINK { Err(TooLong { length: link.len() }) } else { Ok(link) }
}

/// The state in a fragment, which may begin with `#`.
pub fn decode(fragment: &str) -> Result<State, Broken> {
    if fragment.len() > LONGEST_LINK {
        return Err(Broken::TooLarge);
    }
    let link = fragment.trim().trim_start_matches('#');
    let (version, data) = link.split_once('.').ok_or(Broken::NoLink)?;
    if version.is_empty() || version.len() > 4 || !version.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Broken::NoLink);
    }
    if version != VERSION {
        return Err(Broken::Version(version.to_owned()));
    }
    // Some programs add the padding that the address needs not have.
    let bytes = URL_SAFE_NO_PAD.decode(data.trim_end_matches('=')).map_err(|error| match error {
        base64::DecodeError::InvalidByte(..) => Broken::Characters,
        _ => Broken::Damaged,
    })?;
    let json = decompress_to_vec_zlib_with_limit(&bytes, LARGEST_STATE).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => Broken::TooLarge,
        _ => Broken::Damaged,
    })?;
    let text = std::str::from_utf8(&json).map_err(|_| Broken::NoState)?;
    let state: State = serde_json::from_str(text).map_err(|_| Broken::NoState)?;
    if !(13..=99).contains(&state.settings.server_version) {
        return Err(Broken::NoState);
    }
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use proptest::prelude::*;

    fn sent(bytes: &[u8]) -> String {
        format!("{VERSION}.{}", URL_SAFE_NO_PAD.encode(compress_to_vec_zlib(bytes, 9)))
    }

    fn link(state: &State) -> String {
        encode(state).expect("the state goes into a link")
    }

    #[test]
    fn what_is_broken_is_told_apart() {
        let link = link(&State { forward: "CREATE TABLE häuser ();".repeat(20), ..State::default() });
        assert_eq!(decode(""), Err(Broken::NoLink));
        assert_eq!(decode("#/rules/no-transaction"), Err(Broken::NoLink));
        assert_eq!(decode("x.abc"), Err(Broken::NoLink));
        assert_eq!(decode(".abc"), Err(Broken::NoLink));
        assert_eq!(decode(&link.replacen('1', "2", 1)), Err(Broken::Version("2".into())));
        assert_eq!(decode(&format!("{link}!")), Err(Broken::Characters));
        assert_eq!(decode(&format!("{link}%20")), Err(Broken::Characters));
        assert_eq!(decode("1."), Err(Broken::Damaged));
        assert_eq!(decode(&sent(b"\xff\xfe")), Err(Broken::NoState));
        assert_eq!(decode(&sent(b"{\"f\":1}")), Err(Broken::NoState));
        assert_eq!(decode(&sent(b"{\"s\":{\"v\":3}}")), Err(Broken::NoState));
        assert_eq!(decode(&sent(b"null")), Err(Broken::NoState));
        assert_eq!(decode(&"1".repeat(LONGEST_LINK + 1)), Err(Broken::TooLarge));
    }

    #[test]
    fn a_bomb_does_not_unfold() {
        let bomb = sent(&vec![b' '; LARGEST_STATE + 1]);
        assert!(bomb.len() < 20_000, "{}", bomb.len());
        assert_eq!(decode(&bomb), Err(Broken::TooLarge));
        // Deep nesting is refused by the reader of JSON and not by the stack.
        assert_eq!(decode(&sent("[".repeat(1 << 20).as_bytes())), Err(Broken::NoState));
        assert_eq!(decode(&sent(format!("{{\"x\":{}", "[".repeat(1 << 20)).as_bytes())), Err(Broken::NoState));
    }

    #[test]
    fn keys_of_later_versions_do_no_harm() {
        assert_eq!(decode(&sent(b"{\"f\":\"SELECT 1\",\"later\":[1]}")).map(|state| state.forward), Ok("SELECT 1".to_owned()));
    }

    #[test]
    fn a_link_of_today_opens_tomorrow() {
        let state = State {
            forward: "CREATE TABLE a ();\n".into(),
            rollback: "DROP TABLE a;\n".into(),
            baseline: String::new(),
            settings: Settings {
                server_version: 15,
                runner: Some("goose".into()),
                strict: true,
                assume_new: true,
                rules_off: ["no-transaction".to_owned()].into(),
            },
        };
        const LINK: &str = "1.eNo1iq0KgDAURl9lfElBg8Eykz9rgiI2NQxRsdwL27SI764w1g7nnAc7JOpBlaMSY1m1SmgRxcVMSGD-1AxdH4K3FvLBDZnl_jiY7ea9M9eWgAIw5ATi1BlNVq_uZMLyvh8BDSFd";
        assert_eq!(decode(&format!("#{LINK}==")), Ok(state));
    }

    #[test]
    fn what_nobody_could_open_is_not_sent() {
        let mut seed = 1_u64;
        let mut letter = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            char::from(b'!' + (seed % 90) as u8)
        };
        let noise: String = (0..4_000_000).map(|_| letter()).collect();
        assert!(encode(&State { forward: noise, ..State::default() }).is_err());
    }

    fn states() -> impl Strategy<Value = State> {
        let settings =
            (13..=18_u16, any::<Option<String>>(), any::<bool>(), any::<bool>(), prop::collection::btree_set("[a-z-]{1,20}", 0..4));
        (any::<String>(), "\\PC{0,400}", any::<String>(), settings).prop_map(|(forward, rollback, baseline, settings)| {
            let (server_version, runner, strict, assume_new, rules_off) = settings;
            let rules_off = rules_off.into_iter().collect();
            State { forward, rollback, baseline, settings: Settings { server_version, runner, strict, assume_new, rules_off } }
        })
    }

    proptest! {
        #[test]
        fn every_state_comes_back(state in states()) {
            let link = link(&state);
            prop_assert!(link.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')));
            prop_assert_eq!(decode(&link), Ok(state));
        }

        #[test]
        fn a_link_cut_short_says_so(state in states(), part in 0.0..1.0_f64) {
            let link = link(&state);
            let cut = &link[..(link.len() as f64 * part) as usize];
            prop_assert!(matches!(decode(cut), Err(Broken::NoLink | Broken::Damaged)), "{:?}", decode(cut));
        }

        #[test]
        fn a_changed_character_never_gives_other_scripts(state in states(), at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]") {
            let link = link(&state);
            let at = 2 + at.index(link.len() - 2);
            let changed = format!("{}{to}{}", &link[..at], &link[at + 1..]);
            if let Ok(read) = decode(&changed) {
                prop_assert_eq!(read, state);
            }
        }

        #[test]
        fn nothing_panics(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&text);
            let _ = decode(&format!("1.{text}"));
            let _ = decode(&format!("1.{}", URL_SAFE_NO_PAD.encode(&bytes)));
            let _ = decode(&sent(&bytes));
        }
    }
}
