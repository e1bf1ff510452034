//! `SET` and `RESET` of configuration parameters (manual chapter 20.1, "Parameter Names and Values").

use super::{Apply, fail};
use crate::catalog::Failure;
use crate::catalog::builtin::{SettingContext, SettingType};
use crate::catalog::session::boolean;
use crate::op::Set;

/// The units of memory and of time that a number may be given in.
const UNITS: [&str; 11] = ["B", "kB", "MB", "GB", "TB", "us", "ms", "s", "min", "h", "d"];

impl Apply<'_> {
    /// What the server refuses of a parameter: a name that it does not have, one that a session cannot change, a value of another type.
    pub(super) fn check_setting(&self, set: &Set) -> Result<(), Failure> {
        let name = set.name.as_str();
        // A name with a dot is an extension's or the user's own; those with a space are words of the command.
        if name == "all" || name.contains(['.', ' ']) {
            return Ok(());
        }
        let Some(setting) = self.builtin.setting(name) else {
            return Err(fail("42704", format!("unrecognized configuration parameter \"{name}\"")));
        };
        match setting.context {
            SettingContext::Server => return Err(fail("55P02", format!("parameter \"{name}\" cannot be changed now"))),
            SettingContext::Internal => return Err(fail("55P02", format!("parameter \"{name}\" cannot be changed"))),
            SettingContext::User | SettingContext::Superuser => {}
        }
        let Some([value]) = set.values.as_deref() else { return Ok(()) };
        match setting.ty {
            SettingType::Bool if boolean(value).is_none() => Err(fail("22023", format!("parameter \"{name}\" requires a Boolean value"))),
            SettingType::Integer | SettingType::Real if !is_number(value) => {
                Err(fail("22023", format!("invalid value for parameter \"{name}\": \"{value}\"")))
            }
            _ => Ok(()),
        }
    }
}

/// A number, perhaps with a unit.
fn is_number(value: &str) -> bool {
    let value = value.trim();
    let digits = value.trim_start_matches(['-', '+']);
    let unit = digits.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    // Octal, hexadecimal and exponents are left to the server.
    let unusual = digits.starts_with("0x") || digits.starts_with("0X") || unit.starts_with(['e', 'E']);
    unit.len() < digits.len() && (unusual || unit.is_empty() || UNITS.contains(&unit.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_as_the_server_reads_them() {
        assert!(["on", "OF", "t", "yes", "0", "n"].into_iter().all(|value| boolean(value).is_some()));
        assert!(!["o", "", "maybe", "2", "truest"].into_iter().any(|value| boolean(value).is_some()));
        assert!(["5", "-1", "5s", " 5 min ", "1.5GB", "0x1F", "1e3"].into_iter().all(is_number));
        assert!(!["5 seconds", "", "s", "5sec", "64mb", "fast"].into_iter().any(is_number));
    }
}
