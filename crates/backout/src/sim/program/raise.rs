//! `RAISE`, and how values are shown in its message.

use super::*;
use crate::plpgsql::{Condition, Level as Loudness, Raise, condition_codes};
use crate::sim::eval::{DATABASE, HOLE, USER};

impl Runner<'_> {
    pub(super) fn text(&mut self, fragment: &Fragment) -> Evaluated<String> {
        let value = self.value(fragment)?;
        Ok(self.shown(&value))
    }

    /// A value within a message.
    pub(super) fn shown(&mut self, value: &Value) -> String {
        match value {
            Value::Partial(text, _) => text.replace([DATABASE, HOLE, USER], "…"),
            value => match eval::print(self, value) {
                Ok(text) => text.unwrap_or_else(|| "<NULL>".to_owned()),
                Err(_) => "…".to_owned(),
            },
        }
    }

    pub(super) fn raise(&mut self, raise: &Raise) -> Evaluated<()> {
        if raise.again {
            let caught = self.frames.last().and_then(|frame| frame.caught.last().cloned());
            return Err(
                caught.unwrap_or_else(|| Raised::new("0Z002", "RAISE without parameters cannot be used outside an exception handler"))
            );
        }
        let mut shown = Vec::with_capacity(raise.params.len());
        for param in &raise.params {
            shown.push(self.text(param)?);
        }
        let mut options = Vec::with_capacity(raise.options.len());
        for (option, fragment) in &raise.options {
            options.push((option.clone(), self.text(fragment)?));
        }
        if raise.level == Loudness::Exception { Err(error(raise, &shown, options)) } else { Ok(()) }
    }
}

/// The error of a RAISE, with what stands for its parameters and options.
pub(super) fn error(raise: &Raise, shown: &[String], options: Vec<(Name, String)>) -> Raised {
    let mut sqlstate: Option<Name> = match &raise.condition {
        Some(Condition::Name(name)) => condition_codes(name).next().map(Name::from),
        Some(Condition::Code(code)) => Some(code.clone()),
        None => None,
    };
    let mut message = raise.message.as_ref().map(|message| filled(message, shown));
    for (option, value) in options {
        match option.as_str() {
            "message" => message = Some(value),
            "errcode" if value.len() == 5 && value.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) => {
                sqlstate = Some(value.into());
            }
            "errcode" => sqlstate = condition_codes(&value).next().map(Name::from),
            _ => {}
        }
    }
    let sqlstate = sqlstate.unwrap_or_else(|| "P0001".into());
    let message = message.unwrap_or_else(|| match &raise.condition {
        Some(Condition::Name(name)) => name.to_string(),
        _ => sqlstate.to_string(),
    });
    Raised::new(&sqlstate, message)
}

/// A format string with its parameters in place.
fn filled(message: &str, params: &[String]) -> String {
    let mut text = String::with_capacity(message.len());
    let mut params = params.iter();
    let mut chars = message.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
        } else if chars.next_if_eq(&'%').is_some() {
            text.push('%');
        } else {
            text.push_str(params.next().map_or("", String::as_str));
        }
    }
    text
}
