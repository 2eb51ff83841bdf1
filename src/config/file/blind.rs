//! What is wrong with the file, without what was found there: it may be a key in the wrong place.

use crate::config::base_url::BaseUrlError;
use crate::config::nearest::did_you_mean;

/// What parsers say quotes what they found ("invalid type: string \"…\"", "unknown variant `…`"), and what they found may be
/// a key: what is quoted goes, unless it is a name of ours or, in the wrong place, could be one.
pub(super) fn blind(message: &str) -> String {
    let message = message.trim();
    for found in ["unknown field `", "unknown variant `"] {
        // what was found may have marks in it; what is expected is ours
        let parts = message.strip_prefix(found).and_then(|rest| Some(rest.split_at(rest.rfind("`, expected")?)));
        if let Some((name, expected)) = parts {
            let is_like_one = name.len() <= 24 && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if !is_like_one {
                return format!("{found}…{expected}");
            }
            let known = expected.split('`').skip(2).step_by(2);
            return format!("{found}{name}{expected}{}", did_you_mean(name, known));
        }
    }
    let mut out = message.replace('\n', " ");
    if message.starts_with("missing field") {
        return out;
    }
    for mark in ['"', '`'] {
        // a mark alone, as in "expected `=`", says nothing of what was found
        if let (Some(from), Some(to)) = (out.find(mark), out.rfind(mark))
            && to > from + 3
        {
            out.replace_range(from + 1..to, "…");
        }
    }
    out
}

/// The same for the base URL.
pub(super) fn unquoted(why: &BaseUrlError) -> String {
    match why {
        BaseUrlError::NoScheme(_) => "the base URL does not say how to connect; write https:// before it".to_owned(),
        BaseUrlError::NotAUrl(_, what) => format!("the base URL is not a URL ({what})"),
        BaseUrlError::WrongScheme(_) => "the base URL must begin with https://".to_owned(),
        other => other.to_string(),
    }
}
