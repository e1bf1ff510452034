//! `LIKE` and the everyday part of regular expressions.

/// Whether `text` is `LIKE pattern`.
pub(super) fn like(text: &str, pattern: &str, ignore_case: bool) -> bool {
    let fold = |text: &str| -> Vec<char> { if ignore_case { text.to_ascii_lowercase().chars().collect() } else { text.chars().collect() } };
    let text = fold(text);
    let mut pieces = Vec::new();
    let mut chars = fold(pattern).into_iter();
    while let Some(c) = chars.next() {
        pieces.push(match c {
            '%' => Piece::Any,
            '_' => Piece::One,
            '\\' => Piece::Char(chars.next().unwrap_or('\\')),
            other => Piece::Char(other),
        });
    }
    // Greedy with one place to go back to: what follows the last `%` that was met.
    let (mut at, mut piece) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while at < text.len() {
        match pieces.get(piece) {
            Some(Piece::Any) => {
                piece += 1;
                back = Some((piece, at));
            }
            Some(Piece::One) => (at, piece) = (at + 1, piece + 1),
            Some(Piece::Char(c)) if text.get(at) == Some(c) => (at, piece) = (at + 1, piece + 1),
            _ => match back {
                Some((after, from)) => {
                    piece = after;
                    at = from + 1;
                    back = Some((after, from + 1));
                }
                None => return false,
            },
        }
    }
    pieces.get(piece..).unwrap_or_default().iter().all(|piece| *piece == Piece::Any)
}

/// The regular expression that `SIMILAR TO` means.
pub(super) fn similar(pattern: &str) -> String {
    let mut text = "^(?:".to_owned();
    let (mut within, mut escaped) = (false, false);
    for c in pattern.chars() {
        match c {
            '%' if !within && !escaped => text.push_str(".*"),
            '_' if !within && !escaped => text.push('.'),
            '.' | '^' | '$' if !within && !escaped => text.extend(['\\', c]),
            _ => text.push(c),
        }
        within = !escaped && (c == '[' || within && c != ']');
        escaped = !escaped && c == '\\';
    }
    text + ")$"
}

#[derive(PartialEq)]
enum Piece {
    Any,
    One,
    Char(char),
}

/// One thing that matches one character.
#[derive(Clone, Debug)]
enum Atom {
    Char(char),
    Dot,
    Set(bool, Vec<(char, char)>),
    Start,
    End,
    Group(Vec<Vec<Item>>),
}

/// An atom with how often it may stand.
#[derive(Clone, Debug)]
struct Item {
    atom: Atom,
    least: usize,
    most: usize,
}

/// Groups within groups beyond this depth are not read.
const DEPTH: usize = 8;
/// Steps that one match may take.
const STEPS: usize = 20_000;

/// Where in `text` a regular expression first matches, in characters; an error when the expression is beyond us.
pub(super) fn find(text: &str, pattern: &str, ignore_case: bool) -> Result<Option<(usize, usize)>, ()> {
    let fold = |text: &str| -> Vec<char> { if ignore_case { text.to_ascii_lowercase().chars().collect() } else { text.chars().collect() } };
    let pattern = fold(pattern);
    let mut at = 0;
    let alternatives = parse(&pattern, &mut at, 0).ok_or(())?;
    if at < pattern.len() {
        return Err(());
    }
    let text = fold(text);
    let mut steps = STEPS;
    for start in 0..=text.len() {
        let mut best = None;
        for items in &alternatives {
            let mut ends = Vec::new();
            run(items, &text, start, &mut ends, &mut steps)?;
            // The longest match is the one that counts.
            best = best.max(ends.into_iter().max());
        }
        if let Some(end) = best {
            return Ok(Some((start, end)));
        }
    }
    Ok(None)
}

fn parse(pattern: &[char], at: &mut usize, depth: usize) -> Option<Vec<Vec<Item>>> {
    if depth > DEPTH {
        return None;
    }
    let mut alternatives = vec![Vec::new()];
    while let Some(&c) = pattern.get(*at) {
        *at += 1;
        let atom = match c {
            ')' if depth > 0 => {
                *at -= 1;
                return Some(alternatives);
            }
            '|' => {
                alternatives.push(Vec::new());
                continue;
            }
            '(' => {
                if pattern.get(*at) == Some(&'?') {
                    if pattern.get(*at + 1) != Some(&':') {
                        return None;
                    }
                    *at += 2;
                }
                let inner = parse(pattern, at, depth + 1)?;
                if pattern.get(*at) != Some(&')') {
                    return None;
                }
                *at += 1;
                Atom::Group(inner)
            }
            '.' => Atom::Dot,
            '^' => Atom::Start,
            '$' => Atom::End,
            '[' => set(pattern, at)?,
            '\\' => {
                let escaped = *pattern.get(*at)?;
                *at += 1;
                match escaped {
                    'd' => Atom::Set(false, vec![('0', '9')]),
                    'w' => Atom::Set(false, vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]),
                    's' => Atom::Set(false, vec![(' ', ' '), ('\t', '\r')]),
                    'D' => Atom::Set(true, vec![('0', '9')]),
                    'W' => Atom::Set(true, vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]),
                    'S' => Atom::Set(true, vec![(' ', ' '), ('\t', '\r')]),
                    'A' => Atom::Start,
                    'Z' => Atom::End,
                    other if other.is_ascii_alphanumeric() => return None,
                    other => Atom::Char(other),
                }
            }
            '*' | '+' | '?' | '{' => return None,
            other => Atom::Char(other),
        };
        let (least, most) = match pattern.get(*at) {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => {
                let close = pattern.get(*at..)?.iter().position(|&c| c == '}')?;
                let text: String = pattern.get(*at + 1..*at + close)?.iter().collect();
                *at += close;
                match text.split_once(',') {
                    None => (text.parse().ok()?, text.parse().ok()?),
                    Some((least, "")) => (least.parse().ok()?, usize::MAX),
                    Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
                }
            }
            _ => (1, 1),
        };
        if (least, most) != (1, 1) {
            *at += 1;
            // Laziness changes which match is found.
            if matches!(pattern.get(*at), Some('?' | '*' | '+')) {
                return None;
            }
        }
        alternatives.last_mut()?.push(Item { atom, least, most });
    }
    Some(alternatives)
}

fn set(pattern: &[char], at: &mut usize) -> Option<Atom> {
    let negated = pattern.get(*at) == Some(&'^');
    *at += usize::from(negated);
    let mut ranges = Vec::new();
    let begin = *at;
    loop {
        let c = *pattern.get(*at)?;
        *at += 1;
        match c {
            ']' if *at > begin + 1 => return Some(Atom::Set(negated, ranges)),
            '[' if matches!(pattern.get(*at), Some(':' | '.' | '=')) => {
                let close = pattern.get(*at..)?.iter().position(|&c| c == ']')?;
                let name: String = pattern.get(*at..*at + close)?.iter().collect();
                *at += close + 1;
                ranges.extend(match name.as_str() {
                    ":digit:" => vec![('0', '9')],
                    ":alpha:" => vec![('a', 'z'), ('A', 'Z')],
                    ":alnum:" => vec![('a', 'z'), ('A', 'Z'), ('0', '9')],
                    ":space:" => vec![(' ', ' '), ('\t', '\r')],
                    _ => return None,
                });
            }
            '\\' => {
                let escaped = *pattern.get(*at)?;
                *at += 1;
                match escaped {
                    'd' => ranges.push(('0', '9')),
                    'w' => ranges.extend([('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]),
                    's' => ranges.extend([(' ', ' '), ('\t', '\r')]),
                    other if other.is_ascii_alphanumeric() => return None,
                    other => ranges.push((other, other)),
                }
            }
            first => {
                let last = match (pattern.get(*at), pattern.get(*at + 1)) {
                    (Some('-'), Some(&last)) if last != ']' => {
                        *at += 2;
                        last
                    }
                    _ => first,
                };
                ranges.push((first, last));
            }
        }
    }
}

/// All places where `items` can end when they begin at `start`.
fn run(items: &[Item], text: &[char], start: usize, ends: &mut Vec<usize>, steps: &mut usize) -> Result<(), ()> {
    let mut places = vec![start];
    for item in items {
        let mut next = Vec::new();
        let mut count = 0;
        let mut current = places;
        if item.least == 0 {
            next.extend(current.iter().copied());
        }
        while count < item.most && !current.is_empty() {
            let mut after = Vec::new();
            for &place in &current {
                *steps = steps.checked_sub(1).ok_or(())?;
                step(&item.atom, text, place, &mut after, steps)?;
            }
            after.sort_unstable();
            after.dedup();
            count += 1;
            if count >= item.least {
                let known = next.len();
                for &place in &after {
                    if !next.contains(&place) {
                        next.push(place);
                    }
                }
                if next.len() == known {
                    break;
                }
            }
            current = after;
        }
        if next.is_empty() {
            return Ok(());
        }
        places = next;
    }
    ends.extend(places);
    Ok(())
}

fn step(atom: &Atom, text: &[char], at: usize, after: &mut Vec<usize>, steps: &mut usize) -> Result<(), ()> {
    let fits = match (atom, text.get(at)) {
        (Atom::Start, _) => {
            if at == 0 {
                after.push(at);
            }
            return Ok(());
        }
        (Atom::End, c) => {
            if c.is_none() {
                after.push(at);
            }
            return Ok(());
        }
        (Atom::Group(alternatives), _) => {
            for items in alternatives {
                run(items, text, at, after, steps)?;
            }
            return Ok(());
        }
        (_, None) => false,
        (Atom::Char(wanted), Some(c)) => wanted == c,
        (Atom::Dot, Some(_)) => true,
        (Atom::Set(negated, ranges), Some(c)) => ranges.iter().any(|(low, high)| low <= c && c <= high) != *negated,
    };
    if fits {
        after.push(at + 1);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_goes_back_to_the_last_percent_only() {
        assert!(like("users_email_idx", "%email%", false));
        assert!(like("a_b", r"a\_b", false) && !like("axb", r"a\_b", false));
        assert!(like("Users", "u%S", true) && !like("Users", "u%S", false));
        assert!(!like(&"a".repeat(5000), &"%a".repeat(20).replace('a', "ab"), false));
    }

    #[test]
    fn expressions_match_as_the_server_matches_them() {
        assert_eq!(find("part_2024_01", "^part_[0-9]{4}_\\d+$", false), Ok(Some((0, 12))));
        assert_eq!(find("abc", "b|bc", false), Ok(Some((1, 3))));
        assert_eq!(find("abc", "(x|y)+", false), Ok(None));
        assert_eq!(find("abc", "(?=b)", false), Err(()));
        assert_eq!(find(&"a".repeat(400), "(a*)*b", false), Err(()));
    }
}
