//! Decimal numbers of any length, to be compared: floating point would take two numbers for one, and brings long tables along.

use std::cmp::Ordering;

/// A number: `0.` and its digits, times ten to the power of `point`. The digits neither begin nor end with a zero; zero has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    point: i64,
    digits: String,
}

impl Decimal {
    /// Reads `12`, `-0.50` and `+.5e3`; `NaN`, infinities and what is no number give none.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, plain) = match text.strip_prefix('-') {
            Some(plain) => (true, plain),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match plain.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (plain, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let leading = all.len() - all.trim_start_matches('0').len();
        let digits = all.trim_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self { negative: false, point: 0, digits });
        }
        Some(Self { negative, point: whole.len() as i64 - leading as i64 + i64::from(exponent), digits })
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// How many of its digits count.
    pub fn significant(&self) -> usize {
        self.digits.len()
    }

    /// The number with the other sign.
    pub fn negated(self) -> Self {
        Self { negative: !self.negative && !self.is_zero(), ..self }
    }

    /// The nearest integer, a half away from zero, as a cast of `numeric` gives it; none beyond `bigint`.
    pub fn rounded(&self) -> Option<i64> {
        let places = usize::try_from(self.point.max(0)).ok().filter(|places| *places < 20)?;
        let whole: String = self.digits.chars().chain(std::iter::repeat('0')).take(places).collect();
        let (sign, away) = if self.negative { ("-", -1) } else { ("", 1) };
        let number = if whole.is_empty() { 0 } else { format!("{sign}{whole}").parse::<i64>().ok()? };
        let up = self.point >= 0 && self.digits.as_bytes().get(places).is_some_and(|digit| *digit >= b'5');
        number.checked_add(if up { away } else { 0 })
    }

    fn magnitude(&self) -> (bool, i64, &str) {
        (!self.is_zero(), self.point, &self.digits)
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        let digits = number.unsigned_abs().to_string();
        let point = if number == 0 { 0 } else { digits.len() as i64 };
        Self { negative: number < 0, point, digits: digits.trim_matches('0').to_owned() }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude().cmp(&other.magnitude()),
            (true, true) => other.magnitude().cmp(&self.magnitude()),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn numbers_are_compared_to_the_last_digit() {
        let sorted = [
            "-1e3",
            "-12.51",
            "-12.5",
            "-0.001",
            "0",
            "1e-400",
            ".05",
            "0.5",
            "1",
            "1.0000000000000000000001",
            "2",
            "10",
            "12345678901234567890",
            "12345678901234567891",
            "1e30",
        ];
        let read = |text: &str| Decimal::read(text).unwrap_or_else(|| panic!("{text} is a number"));
        for pair in sorted.windows(2) {
            assert!(read(pair[0]) < read(pair[1]), "{pair:?}");
        }
        for (one, two) in [("0", "-0.00"), ("1.50", "+15e-1"), ("100", "1E2"), ("007", "7."), ("-3", "-3.0")] {
            assert_eq!(read(one), read(two));
        }
        for (number, text) in [(0, "0"), (-120, "-120"), (i64::MIN, "-9223372036854775808")] {
            assert_eq!(Decimal::from(number), read(text));
        }
        assert_eq!(read("4").negated(), Decimal::from(-4));
        for text in ["", ".", "-", "NaN", "Infinity", "1_0", "0x1", "1e", "1e99999999999", "--1"] {
            assert_eq!(Decimal::read(text), None, "{text}");
        }
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (text, whole) in [("2.5", 3), ("-2.5", -3), ("2.49", 2), ("0.5", 1), ("0.05", 0), ("9.9", 10), ("120", 120), ("-7e2", -700)] {
            assert_eq!(Decimal::read(text).and_then(|number| number.rounded()), Some(whole), "{text}");
        }
        assert_eq!(Decimal::read("9223372036854775807").and_then(|number| number.rounded()), Some(i64::MAX));
        for text in ["9223372036854775807.5", "1e19", "-1e40"] {
            assert_eq!(Decimal::read(text).and_then(|number| number.rounded()), None, "{text}");
        }
    }
}
