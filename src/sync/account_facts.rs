//! What this account was found to answer, kept in the cache: how its filter takes numbers, how long a window of time may
//! be, whether it counts. What was refused once is not asked again.

use jiff::{SignedDuration, Timestamp};

use super::context::Context;
use super::walk::WINDOWS;
use crate::api::{Kind, NumberForm};
use crate::store::StoreError;

const FORM: &str = "number form";
const FORM_OF_SEVERAL: &str = "number form for several";
const FORMS_TRIED: &str = "number forms tried";
const WINDOW: &str = "history window in days";
const COUNT_WINDOW: &str = "history counts window in days";
const COUNTS: &str = "history counts absent since";
const CAP: &str = "history page cap";
/// How often other forms are tried where none has shown anything.
const FORMS_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// What is known of an account's answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AccountFacts {
    /// How a number is written in the filter.
    pub(super) form: NumberForm,
    /// How several are.
    pub(super) form_of_several: NumberForm,
    /// Whether these two were seen to show something.
    is_proven: (bool, bool),
    /// When the other forms were last tried without a result.
    forms_tried: Option<Timestamp>,
    /// The longest window of time; `None` while none was refused.
    pub(super) longest: Option<SignedDuration>,
    /// The longest that it counts in; `None` while none was refused.
    pub(super) longest_count: Option<SignedDuration>,
    /// The longest page that it gives, where that is shorter than was asked for.
    pub(super) page_cap: Option<usize>,
    /// Whether there is a count of records.
    pub(super) counts: bool,
    /// Whether history comes by the journal, which takes several numbers at once; `None` while no road is known.
    pub(super) journal: Option<bool>,
}

impl AccountFacts {
    /// What the cache remembers.
    pub(super) async fn load(context: &Context, scheme: &str) -> Result<Self, StoreError> {
        let routes = context.store.routes(context.config.account.base_url.as_str()).await?;
        // the message list, which goes with number keys, has them with a plus
        let usual = if scheme == "number-key" { NumberForm::E164 } else { NumberForm::Digits };
        let get = |key: &str| routes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        Ok(Self {
            form: form(get(FORM)).unwrap_or(usual),
            form_of_several: form(get(FORM_OF_SEVERAL)).unwrap_or(usual),
            is_proven: (get(FORM).is_some(), get(FORM_OF_SEVERAL).is_some()),
            forms_tried: get(FORMS_TRIED).and_then(|at| at.parse().ok()),
            longest: window(get(WINDOW)),
            longest_count: window(get(COUNT_WINDOW)),
            page_cap: get(CAP).and_then(|cap| cap.parse().ok()),
            counts: get(COUNTS).and_then(|at| at.parse().ok()).is_none_or(|at| is_old(at, context.now())),
            // accounts of number keys came with the message list, and have nothing to count
            journal: get(&format!("history/{scheme}"))
                .map(|path| path.ends_with("/journal/requests"))
                .or((scheme == "number-key").then_some(false)),
        })
    }

    /// The form for that many numbers.
    pub(super) fn form_for(&self, numbers: usize) -> NumberForm {
        if numbers > 1 { self.form_of_several } else { self.form }
    }

    /// Whether the form for that many numbers was seen to show something. Before that, an answer without a record may
    /// mean that the filter compares texts.
    pub(super) fn is_proven(&self, numbers: usize) -> bool {
        if numbers > 1 { self.is_proven.1 } else { self.is_proven.0 }
    }

    /// Whether other forms are worth a try: now and then.
    pub(super) fn may_try_forms(&self, now: Timestamp) -> bool {
        self.forms_tried.is_none_or(|tried| now.duration_since(tried).abs() >= FORMS_AGAIN)
    }

    /// No form has shown anything.
    pub(super) async fn tried_forms(&mut self, context: &Context) -> Result<(), StoreError> {
        self.forms_tried = Some(context.now());
        remember(context, FORMS_TRIED, &context.now().to_string()).await
    }

    /// This form was understood.
    pub(super) async fn set_form(
        &mut self,
        context: &Context,
        numbers: usize,
        form: NumberForm,
    ) -> Result<(), StoreError> {
        if self.form_for(numbers) == form && self.is_proven(numbers) {
            return Ok(());
        }
        *(if numbers > 1 { &mut self.is_proven.1 } else { &mut self.is_proven.0 }) = true;
        let key = if numbers > 1 { FORM_OF_SEVERAL } else { FORM };
        *(if numbers > 1 { &mut self.form_of_several } else { &mut self.form }) = form;
        remember(context, key, name(form)).await
    }

    /// Longer windows than this are refused.
    pub(super) async fn set_longest(
        &mut self,
        context: &Context,
        longest: Option<SignedDuration>,
    ) -> Result<(), StoreError> {
        match longest {
            Some(window) if self.longest != longest => {
                self.longest = longest;
                remember(context, WINDOW, &days(window)).await
            }
            _ => Ok(()),
        }
    }

    /// It does not count in longer windows than this.
    pub(super) async fn set_longest_count(
        &mut self,
        context: &Context,
        longest: Option<SignedDuration>,
    ) -> Result<(), StoreError> {
        match longest {
            Some(window) if self.longest_count != longest => {
                self.longest_count = longest;
                remember(context, COUNT_WINDOW, &days(window)).await
            }
            _ => Ok(()),
        }
    }

    /// A page was this short though more was to come.
    pub(super) async fn set_page_cap(&mut self, context: &Context, received: usize) -> Result<(), StoreError> {
        if received == 0 || self.page_cap.is_some_and(|cap| cap >= received) {
            return Ok(());
        }
        self.page_cap = Some(received);
        remember(context, CAP, &received.to_string()).await
    }

    /// Whether a page of so many, shorter than was asked for, is the last.
    pub(super) fn ends_with(&self, received: usize) -> bool {
        self.counts && self.page_cap.is_none_or(|cap| received < cap)
    }

    /// There is no count here.
    pub(super) async fn lacks_counts(&mut self, context: &Context) -> Result<(), StoreError> {
        self.counts = false;
        remember(context, COUNTS, &context.now().to_string()).await
    }
}

/// Whether it is worth asking again for what was not there.
fn is_old(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).abs() >= SignedDuration::from_hours(24)
}

async fn remember(context: &Context, key: &str, value: &str) -> Result<(), StoreError> {
    context.store.remember_route(context.config.account.base_url.as_str(), key, value).await
}

fn days(window: SignedDuration) -> String {
    (window.as_hours() / 24).to_string()
}

fn window(named: Option<&str>) -> Option<SignedDuration> {
    WINDOWS.into_iter().find(|window| named == Some(days(*window).as_str()))
}

fn form(name: Option<&str>) -> Option<NumberForm> {
    Some(match name? {
        "digits" => NumberForm::Digits,
        "e164" => NumberForm::E164,
        "national" => NumberForm::National,
        "any" => NumberForm::Any,
        _ => return None,
    })
}

fn name(form: NumberForm) -> &'static str {
    match form {
        NumberForm::Digits => "digits",
        NumberForm::E164 => "e164",
        NumberForm::National => "national",
        NumberForm::Any => "any",
    }
}

/// What a refusal of a list or a count is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Objection {
    /// The window of time.
    Window,
    /// The filter for our numbers.
    Numbers,
    /// It does not say.
    Unclear,
    /// Nothing that asking otherwise would help.
    Other,
}

/// Reads a refusal: what it names, then what its words speak of.
pub(super) fn objection(error: &crate::api::Error) -> Objection {
    if error.status() != Some(400) || error.kind() != Kind::Refused {
        return Objection::Other;
    }
    let named: Vec<String> =
        error.unsupported_filters().iter().chain(error.objected_fields()).map(|name| name.to_lowercase()).collect();
    let names = |wanted: &[&str]| named.iter().any(|name| wanted.iter().any(|wanted| name.ends_with(wanted)));
    if names(&["businessnumber", "businessnumbers"]) {
        return Objection::Numbers;
    }
    if names(&["from", "to"]) {
        return Objection::Window;
    }
    if !named.is_empty() {
        return Objection::Other;
    }
    let said = error.words().unwrap_or_default().to_lowercase();
    if ["token", "authoriz", "authoris", "credential", "client"].iter().any(|word| said.contains(word)) {
        return Objection::Other;
    }
    let words: Vec<&str> = said.split(|letter: char| !letter.is_alphanumeric()).collect();
    let speaks_of = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    if speaks_of(&["businessnumber", "businessnumbers"]) || said.contains("business number") {
        Objection::Numbers
    } else if speaks_of(&["window", "range", "period", "interval", "days", "months", "month", "year", "years", "from"])
    {
        Objection::Window
    } else {
        Objection::Unclear
    }
}
