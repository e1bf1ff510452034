//! Dates and moments, as programs count with them where they make the partitions of some months
//! ([9.9 Date/Time Functions](https://www.postgresql.org/docs/current/functions-datetime.html)).

use super::value::{HOLE, Value, Why, is_date, is_moment};

/// A series has no more moments than this.
const LONGEST: usize = 10_000;
const DAY: i64 = 86_400;

/// What a moment's type is.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// `date`
    Date,
    /// `timestamp`
    Plain,
    /// `timestamptz`: its text ends with a zone that only the session knows.
    Zoned,
}

/// A day, from 1970-01-01 on, and a second of it.
#[derive(Clone, Copy)]
struct Moment {
    day: i64,
    second: i64,
    form: Form,
}

/// Months, days, and seconds.
#[derive(Clone, Copy)]
struct Interval(i64, i64, i64);

impl Moment {
    fn of(value: &Value) -> Option<Self> {
        let (text, form) = match value {
            Value::Text(text) if is_date(text) => (text.as_str(), Form::Date),
            Value::Text(text) if text.len() == 19 && is_moment(text) => (text.as_str(), Form::Plain),
            Value::Partial(text, _) => (text.strip_suffix(HOLE).filter(|text| text.len() == 19 && is_moment(text))?, Form::Zoned),
            _ => return None,
        };
        let part = |at: usize| text.get(at..at + 2).map_or(Some(0), |part| part.parse::<i64>().ok());
        let date = (text.get(..4)?.parse().ok()?, part(5)?, part(8)?);
        let day = day_of(date.0, date.1, date.2).filter(|day| date_of(*day) == date)?;
        Some(Self { day, second: part(11)? * 3600 + part(14)? * 60 + part(17)?, form })
    }

    fn value(self) -> Option<Value> {
        let (year, month, day) = date_of(self.day);
        let mut text = String::new();
        for (before, number) in [("", year / 100), ("", year % 100), ("-", month), ("-", day)] {
            digits(&mut text, before, number, 2);
        }
        if self.form != Form::Date {
            for (before, number) in [(" ", self.second / 3600), (":", self.second / 60 % 60), (":", self.second % 60)] {
                digits(&mut text, before, number, 2);
            }
        }
        (1..=9999).contains(&year).then(|| {
            if self.form == Form::Zoned {
                text.push(HOLE);
                return Value::Partial(text, Why::NotModelled);
            }
            Value::Text(text)
        })
    }

    /// Months first, then days, then the rest, as the server adds.
    fn plus(self, Interval(months, days, seconds): Interval, sign: i64) -> Option<Self> {
        let (year, month, day) = date_of(self.day);
        let month = (year * 12 + month - 1).checked_add(sign.checked_mul(months)?)?;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        let first = day_of(year, month, 1)?;
        let last = day_of(year + month / 12, month % 12 + 1, 1)? - first;
        let day = first + day.min(last) - 1 + sign.checked_mul(days)?;
        let second = self.second.checked_add(sign.checked_mul(seconds)?)?;
        let form = if self.form == Form::Date { Form::Plain } else { self.form };
        Some(Self { day: day + second.div_euclid(DAY), second: second.rem_euclid(DAY), form })
    }
}

/// A number with its leading zeros.
fn digits(out: &mut String, before: &str, number: i64, width: usize) {
    let text = number.to_string();
    out.push_str(before);
    out.extend(std::iter::repeat_n('0', width.saturating_sub(text.len())));
    out.push_str(&text);
}

/// The number of a day of the Gregorian calendar.
fn day_of(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(-9999..=99_999).contains(&year) {
        return None;
    }
    // Years that begin in March have their odd day at the end.
    let years = year - i64::from(month <= 2);
    Some(
        365 * years + years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400) + (153 * ((month + 9) % 12) + 2) / 5 + day
            - 719_469,
    )
}

/// Year, month and day of a number.
fn date_of(number: i64) -> (i64, i64, i64) {
    let days = number + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let years = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * years + years / 4 - years / 100);
    let month = (5 * day + 2) / 153;
    let year = era * 400 + years + i64::from(month >= 10);
    (year, (month + 2) % 12 + 1, day - (153 * month + 2) / 5 + 1)
}

/// `1 year 2 mons`, `'3 days'`; none for other notations.
fn interval(value: &Value) -> Option<Interval> {
    let Value::Text(text) = value else { return None };
    let mut words = text.split_ascii_whitespace();
    let mut sum = Interval(0, 0, 0);
    let mut any = false;
    while let Some(count) = words.next() {
        let count: i64 = count.parse().ok().filter(|count: &i64| count.abs() < 1_000_000)?;
        let unit = words.next()?.to_ascii_lowercase();
        match unit.strip_suffix('s').unwrap_or(&unit) {
            "year" | "yr" => sum.0 += 12 * count,
            "month" | "mon" => sum.0 += count,
            "week" => sum.1 += 7 * count,
            "day" => sum.1 += count,
            "hour" => sum.2 += 3600 * count,
            "minute" | "min" => sum.2 += 60 * count,
            "second" | "sec" => sum.2 += count,
            _ => return None,
        }
        any = true;
    }
    any.then_some(sum)
}

/// `+` and `-` of moments, `*` of intervals.
pub(super) fn arithmetic(name: &str, left: &Value, right: &Value) -> Option<Value> {
    let sign = if name == "-" { -1 } else { 1 };
    match (name, left, right) {
        ("+", Value::Int(_), _) => Moment::of(right).and_then(|_| arithmetic("+", right, left)),
        ("*", Value::Int(times), by) | ("*", by, Value::Int(times)) => {
            let Interval(months, days, seconds) = interval(by)?;
            Some(Value::Text(format!("{} months {} days {} seconds", months * times, days * times, seconds * times)))
        }
        ("+" | "-", _, Value::Int(days)) => {
            let moment = Moment::of(left).filter(|moment| moment.form == Form::Date)?;
            Moment { day: moment.day.checked_add(sign * days)?, ..moment }.value()
        }
        ("-", _, Value::Text(text)) if is_date(text) => {
            let (left, right) = (Moment::of(left)?, Moment::of(right)?);
            (left.form == Form::Date).then_some(Value::Int(left.day - right.day))
        }
        ("+" | "-", ..) => Moment::of(left)?.plus(interval(right)?, sign)?.value(),
        _ => None,
    }
}

/// `generate_series` of moments.
pub(super) fn series(args: &[Value]) -> Option<Result<Vec<Value>, Why>> {
    let [from, to, step] = args else { return None };
    let (from, to, step) = (Moment::of(from)?, Moment::of(to)?, interval(step)?);
    // Dates are taken as moments with a time zone.
    let form = if from.form == Form::Plain && to.form == Form::Plain { Form::Plain } else { Form::Zoned };
    let mut at = Moment { form, ..from };
    let mut list = Vec::new();
    while (at.day, at.second) <= (to.day, to.second) {
        if list.len() >= LONGEST {
            return Some(Err(Why::Limit));
        }
        list.push(at.value()?);
        let next = at.plus(step, 1)?;
        if (next.day, next.second) <= (at.day, at.second) {
            return None;
        }
        at = next;
    }
    Some(Ok(list))
}

/// `date_trunc(unit, moment)`
pub(super) fn trunc(unit: &Value, value: &Value) -> Option<Value> {
    let Value::Text(unit) = unit else { return None };
    let moment = Moment::of(value)?;
    let (year, month, _) = date_of(moment.day);
    let day = match unit.to_ascii_lowercase().as_str() {
        "day" => moment.day,
        // 1970-01-01 was a Thursday.
        "week" => moment.day - (moment.day + 3).rem_euclid(7),
        "month" => day_of(year, month, 1)?,
        "quarter" => day_of(year, (month - 1) / 3 * 3 + 1, 1)?,
        "year" => day_of(year, 1, 1)?,
        _ => return None,
    };
    let form = if moment.form == Form::Date { Form::Zoned } else { moment.form };
    Moment { day, second: 0, form }.value()
}

/// `date_part(field, moment)` and `EXTRACT`.
pub(super) fn part(field: &str, value: &Value) -> Option<Value> {
    let moment = Moment::of(value)?;
    let (year, month, day) = date_of(moment.day);
    Some(Value::Int(match field.to_ascii_lowercase().as_str() {
        "year" => year,
        "quarter" => (month + 2) / 3,
        "month" => month,
        "day" => day,
        "doy" => moment.day - day_of(year, 1, 1)? + 1,
        "dow" => (moment.day + 4).rem_euclid(7),
        "isodow" => (moment.day + 3).rem_euclid(7) + 1,
        "hour" => moment.second / 3600,
        "minute" => moment.second / 60 % 60,
        _ => return None,
    }))
}

/// A moment in a type.
pub(super) fn cast(value: &Value, ty: &str) -> Option<Value> {
    let moment = Moment::of(value)?;
    match ty {
        "date" => Moment { form: Form::Date, ..moment },
        "timestamp" => Moment { form: Form::Plain, ..moment },
        _ => Moment { form: Form::Zoned, ..moment },
    }
    .value()
}

/// `to_char(moment, format)`, of formats that say numbers.
pub(super) fn to_char(value: &Value, format: &Value) -> Option<Value> {
    let (moment, Value::Text(format)) = (Moment::of(value)?, format) else { return None };
    let (year, month, day) = date_of(moment.day);
    let patterns = [
        ("YYYY", 4, year),
        ("YY", 2, year % 100),
        ("MM", 2, month),
        ("DDD", 3, moment.day - day_of(year, 1, 1)? + 1),
        ("DD", 2, day),
        ("HH24", 2, moment.second / 3600),
        ("MI", 2, moment.second / 60 % 60),
        ("SS", 2, moment.second % 60),
        ("Q", 1, (month + 2) / 3),
    ];
    let mut out = String::new();
    let mut rest = format.as_str();
    while let Some(next) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (text, after) = quoted.split_once('"').filter(|(text, _)| !text.contains('\\'))?;
            out.push_str(text);
            rest = after;
        } else if next.is_ascii_alphabetic() && !rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("SSSS")) {
            let fits = |pattern: &str| rest.get(..pattern.len()).is_some_and(|start| start.eq_ignore_ascii_case(pattern));
            let (pattern, width, number) = patterns.into_iter().find(|(pattern, ..)| fits(pattern))?;
            digits(&mut out, "", number, width);
            rest = rest.get(pattern.len()..)?;
            // `TH` behind a number and the like.
            if rest.get(..2).is_some_and(|suffix| suffix.eq_ignore_ascii_case("th")) {
                return None;
            }
        } else if next.is_ascii_alphabetic() || next == '\\' {
            return None;
        } else {
            out.push(next);
            rest = rest.get(next.len_utf8()..)?;
        }
    }
    Some(Value::Text(out))
}
