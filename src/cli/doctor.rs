//! `mctui doctor`: each finding with what to do.

mod cache;
mod files;

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::{Exit, Failure, Scene};
use crate::api;
use crate::config::{Config, NumberEntry};
use crate::store::LedgerError;
use crate::sync::{Checked, Context, Found, probe};

/// Check files, credentials, reachability, budget and cache, and say what to do.
#[derive(Debug, clap::Args)]
pub(super) struct Doctor {
    /// Ask MightyCall nothing: check only what is on this machine
    #[arg(long)]
    offline: bool,
}

/// Seconds by which two clocks may differ.
const CLOCK_DIFFERS: i64 = 60;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    check: String,
    ok: bool,
    detail: String,
    /// What to do; empty where nothing need be done.
    fix: String,
}

impl Finding {
    fn good(check: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { check: check.into(), ok: true, detail: detail.into(), fix: String::new() }
    }

    fn bad(check: impl Into<String>, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check: check.into(), ok: false, detail: detail.into(), fix: fix.into() }
    }
}

/// A path as a shell takes it for one word, whatever is in it.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// Says each finding as it is made, and remembers whether all were good.
struct Round<'a> {
    scene: &'a Scene,
    worst: Exit,
}

impl Round<'_> {
    fn say(&mut self, finding: &Finding, exit: Exit) -> Result<(), Failure> {
        if !finding.ok && self.worst == Exit::Done {
            self.worst = exit;
        }
        if self.scene.output.is_json() {
            return Ok(self.scene.output.json(finding)?);
        }
        let mark = if finding.ok { "ok   " } else { "WRONG" };
        self.scene.output.line(&format!("{mark}  {}: {}", finding.check, finding.detail))?;
        if !finding.fix.is_empty() {
            self.scene.output.line(&format!("       → {}", finding.fix))?;
        }
        Ok(())
    }
}

impl Doctor {
    pub(super) async fn execute(self, scene: Scene) -> Result<Exit, Failure> {
        let mut round = Round { scene: &scene, worst: Exit::Done };
        for finding in files::check(&scene.places) {
            round.say(&finding, Exit::Failed)?;
        }
        let config = match Config::load(&scene.places, &scene.environment) {
            Ok(config) => config,
            Err(why) => {
                round.say(
                    &Finding::bad("configuration", why.to_string(), "mend it, then run `mctui doctor` again"),
                    Exit::NotConfigured,
                )?;
                return Ok(round.worst);
            }
        };
        round.say(&configured(&config), Exit::NotConfigured)?;
        let store = match scene.open_cache().await {
            Ok(store) => store,
            Err(why) => {
                round.say(&Finding::bad("cache", why.to_string(), ""), Exit::Failed)?;
                return Ok(round.worst);
            }
        };
        for finding in cache::check(&store).await {
            round.say(&finding, Exit::Failed)?;
        }
        let context = Context::new(store, config, &scene.places).await?;
        if !self.offline {
            for (finding, exit) in connections(&context).await {
                round.say(&finding, exit)?;
            }
            if let Some(ahead) = context.client.clock_offset() {
                round.say(&clock(-ahead), Exit::Failed)?;
            }
        }
        for finding in paths(&context).await? {
            round.say(&finding, Exit::Failed)?;
        }
        for finding in budget(&context, scene.environment.home.is_some()).await {
            round.say(&finding, Exit::OverBudget)?;
        }
        context.close().await;
        Ok(round.worst)
    }
}

fn configured(config: &Config) -> Finding {
    let account = &config.account;
    let has = |secret: bool| if secret { "set" } else { "not set" };
    let detail = format!(
        "{} business numbers, {} with a key of their own; account API key {}, user key {}; service {}",
        config.numbers.len(),
        config.numbers.iter().filter(|entry| entry.key.is_some()).count(),
        has(account.api_key.is_some()),
        has(account.user_key.is_some()),
        account.base_url,
    );
    if config.numbers.is_empty() {
        let failure = Failure::no_numbers();
        return Finding::bad("configuration", detail, failure.advice);
    }
    Finding::good("configuration", detail)
}

/// The label and the number.
fn full_name(entry: &NumberEntry) -> String {
    match &entry.label {
        Some(label) => format!("{label} {}", entry.address),
        None => entry.address.to_string(),
    }
}

/// What each number's keys can do, and what speaks against texting from it. The account is asked once for all of them.
async fn connections(context: &Context) -> Vec<(Finding, Exit)> {
    let account = &context.config.account;
    // keys of numbers alone list none: only an account's own say what is there
    let listed = match api::credentials(account, None) {
        Ok(_) => probe::discover(context).await.ok().filter(|listed| !listed.is_empty()),
        Err(_) => None,
    };
    let checked = probe::check(context).await;
    let mut findings = Vec::new();
    for entry in &context.config.numbers {
        let Some(check) = checked.iter().find(|check| check.numbers.contains(&entry.address)) else { continue };
        findings.push(connection(entry, check, listed.as_deref()));
        let found = listed.iter().flatten().find(|found| found.address == entry.address);
        if let Some(warning) = found.and_then(|found| found.traits.texting_warning()) {
            let check = format!("texting from {}", full_name(entry));
            findings.push((Finding::bad(check, warning, "see the number in MightyCall's own settings"), Exit::Failed));
        }
    }
    findings
}

fn connection(entry: &NumberEntry, checked: &Checked, listed: Option<&[Found]>) -> (Finding, Exit) {
    let check = format!("connection of {}", full_name(entry));
    match &checked.outcome {
        Ok(()) if listed.is_some_and(|listed| listed.iter().all(|found| found.address != entry.address)) => {
            let finding = Finding::bad(
                check,
                "the key works, but MightyCall does not list this number for it",
                "compare with `mctui numbers discover`",
            );
            (finding, Exit::NotConfigured)
        }
        Ok(()) => (Finding::good(check, "authorised, history answers"), Exit::Done),
        Err(trouble) => (Finding::bad(check, trouble.what.clone(), trouble.advice.clone()), Exit::NotConfigured),
    }
}

/// What the service's answers say of this machine's clock, which is so many seconds ahead of MightyCall's.
fn clock(ahead: i64) -> Finding {
    if ahead.abs() <= CLOCK_DIFFERS {
        return Finding::good("clock", "agrees with MightyCall's to the minute");
    }
    let (off, side) = (ahead.unsigned_abs(), if ahead > 0 { "ahead of" } else { "behind" });
    let off = match off {
        0..120 => "a minute".to_owned(),
        120..3_600 => format!("{} minutes", off / 60),
        3_600..172_800 => format!("{} h {} min", off / 3_600, off % 3_600 / 60),
        _ => format!("{} days", off / 86_400),
    };
    Finding::bad(
        "clock",
        format!("this machine's clock is {off} {side} MightyCall's"),
        "set the clock, or let the network set it; until then mctui allows for the difference",
    )
}

async fn paths(context: &Context) -> Result<Vec<Finding>, Failure> {
    let routes = context.store.routes(context.config.account.base_url.as_str()).await?;
    if routes.is_empty() {
        return Ok(vec![Finding::good("paths", "none found yet; the first sync finds which ones answer here")]);
    }
    let known = |(name, value): (String, String)| {
        let what = if value.starts_with('/') { "path for" } else { "found out:" };
        Finding::good(format!("{what} {name}"), value)
    };
    Ok(routes.into_iter().map(known).collect())
}

/// `apart`: the requests are counted for this home alone.
async fn budget(context: &Context, apart: bool) -> Vec<Finding> {
    let mut keys: Vec<(String, String)> = Vec::new();
    for entry in &context.config.numbers {
        if let Ok(credentials) = context.credentials(&entry.address) {
            let key = credentials.budget_key();
            if !keys.iter().any(|(known, _)| *known == key) {
                keys.push((key, full_name(entry)));
            }
        }
    }
    let limit = context.config.sync.daily_requests;
    let mut findings = Vec::new();
    for (key, name) in keys {
        let check = format!("budget of the key that {name} uses");
        let used = match context.spent(&key).await {
            Ok(used) => used,
            Err(why) => {
                let fix = match &why {
                    LedgerError::Damaged { path, .. } => {
                        format!("if you made few requests since yesterday, reset the count: rm {}*", quoted(path))
                    }
                    _ => "reading waits until requests can be counted again; sending goes on".to_owned(),
                };
                findings.push(Finding::bad(check, why.to_string(), fix));
                continue;
            }
        };
        let mut detail = format!("{} of {limit} requests left for the next 24 hours", limit.saturating_sub(used));
        let mut fixes = Vec::new();
        let is_used_up = used >= context.config.sync.reading_requests();
        if is_used_up {
            fixes.push("reading waits until requests of yesterday are 24 hours old; sending goes on".to_owned());
        }
        let path = context.ledger.path(&key);
        if let Some(aside) = context.ledger.damaged(&key) {
            let _ = write!(detail, "; the earlier count was damaged and moved to {}", aside.display());
            fixes.push(if is_used_up {
                format!("if you made few requests since yesterday, reset the count: rm {}*", quoted(&path))
            } else {
                format!("rm {}*", quoted(&aside))
            });
        }
        if apart {
            let _ =
                write!(detail, "; MCTUI_HOME is set, so requests of other homes with this key are not counted here");
            fixes.push("unset MCTUI_HOME, or use each key in one home only".to_owned());
        }
        findings.push(Finding { check, ok: !is_used_up, detail, fix: fixes.join("; ") });
    }
    findings
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, true, "agrees with MightyCall's to the minute")]
    #[case(-60, true, "agrees with MightyCall's to the minute")]
    #[case(61, false, "this machine's clock is a minute ahead of MightyCall's")]
    #[case(-7_290, false, "this machine's clock is 2 h 1 min behind MightyCall's")]
    #[case(31_536_000, false, "this machine's clock is 365 days ahead of MightyCall's")]
    fn tells_of_the_clock(#[case] ahead: i64, #[case] ok: bool, #[case] detail: &str) {
        let finding = clock(ahead);
        assert_eq!((finding.ok, finding.detail.as_str()), (ok, detail));
    }
}
