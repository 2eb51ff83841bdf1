//! The settings' first page: a welcome where nothing is set, the account, the numbers with their tests.

use ratatui::layout::Rect;

use super::{Settings, Test};
use crate::config::Secret;
use crate::config::keymap::{Action, Context};
use crate::model::text::safe_line;
use crate::tui::views::Scene;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// A key as it may be shown.
fn key(secret: Option<&Secret>, shown: bool, none: &str) -> String {
    let Some(secret) = secret else { return none.to_owned() };
    let text = if shown { safe_line(secret.expose()) } else { "••••••••".to_owned() };
    match secret.origin().elsewhere() {
        Some(place) => format!("{text}  from {place}"),
        None => text,
    }
}

/// Paints the page.
pub(super) fn draw(settings: &Settings, canvas: &mut Canvas<'_>, area: Rect, scene: Scene<'_>) {
    let Some(config) = &settings.config else {
        paint::put(canvas, area, 0, "Loading…", Ink::Dim);
        return;
    };
    let mut lines: Vec<(String, Ink)> = Vec::new();
    let name = |action| scene.key(Context::Settings, action);
    if settings.welcome {
        let text = format!(
            "Welcome to mctui: read and answer your customers' SMS here.\n\n\
             Just looking? {} starts the demo, with a fictional business and no account \
             (or run: mctui demo).\n\n\
             To set it up: {} leads through it, step by step. By hand: {} takes the account's keys, then {} asks \
             MightyCall for your numbers. {} adds a number, {} imports a set-up file.",
            name(Action::StartDemo),
            name(Action::SetUp),
            name(Action::EditAccount),
            name(Action::Discover),
            name(Action::AddNumber),
            name(Action::Import),
        );
        lines.extend(sheet::wrapped([(text.as_str(), Ink::Plain)], area.width));
        lines.push((String::new(), Ink::Plain));
    }
    let account = &config.account;
    lines.push((format!("Account  ({} changes it)", name(Action::EditAccount)), Ink::Bold));
    lines.push((format!("  Base URL   {}", safe_line(account.base_url.as_str())), Ink::Plain));
    lines.push((format!("  API key    {}", key(account.api_key.as_ref(), settings.shown, "not set")), Ink::Plain));
    lines.push((format!("  User key   {}", key(account.user_key.as_ref(), settings.shown, "not set")), Ink::Plain));
    lines.push((String::new(), Ink::Plain));
    lines.push((
        format!("Numbers  ({} adds one, {} changes it)", name(Action::AddNumber), name(Action::Open)),
        Ink::Bold,
    ));
    if config.numbers.is_empty() {
        lines.push(("  none yet".to_owned(), Ink::Dim));
    }
    let mut selected = 0..0;
    for (at, entry) in config.numbers.iter().enumerate() {
        let start = lines.len();
        let label = entry.label.as_deref().map_or_else(String::new, safe_line);
        let default = if entry.is_default { "  default" } else { "" };
        let mark = if at == settings.at { "▌" } else { " " };
        let number = safe_line(&entry.address.display());
        let ink = if at == settings.at { Ink::Selected } else { Ink::Plain };
        lines.push((format!("{mark} {number:<17} {label}{default}"), ink));
        let key = key(entry.key.as_ref(), settings.shown, "none of its own: the account's serve");
        lines.push((format!("    key {key}"), Ink::Dim));
        if let Some(row) = scene.numbers.get(&entry.address) {
            let words = row.traits.words().join(", ");
            lines.extend((!words.is_empty()).then(|| (format!("    at MightyCall: {words}"), Ink::Dim)));
            let warning = row.traits.texting_warning().map(|warning| (warning, Ink::Warn));
            let rows = sheet::wrapped(warning, area.width.saturating_sub(4));
            lines.extend(rows.into_iter().map(|(row, ink)| (format!("    {row}"), ink)));
        }
        if let Some(test) = settings.tests.get(&entry.address) {
            let (text, ink) = match test {
                Test::Running => ("testing…".to_owned(), Ink::Dim),
                Test::Ended(Ok(text)) => (format!("✓ {}", safe_line(text)), Ink::Good),
                Test::Ended(Err(why)) => (format!("✗ {}", safe_line(why)), Ink::Bad),
            };
            let rows = sheet::wrapped([(text.as_str(), ink)], area.width.saturating_sub(4));
            lines.extend(rows.into_iter().map(|(row, ink)| (format!("    {row}"), ink)));
        }
        if at == settings.at {
            selected = start..lines.len();
        }
    }
    if let Some(busy) = settings.busy {
        lines.push((String::new(), Ink::Plain));
        lines.push((busy.to_owned(), Ink::Dim));
    }
    let height = usize::from(area.height);
    // the selected number is in view, and what is above it as far as there is room
    let top = if settings.at == 0 && selected.end <= height { 0 } else { selected.end.saturating_sub(height) };
    for (row, (text, ink)) in (0..area.height).zip(lines.iter().skip(top)) {
        paint::put(canvas, area, row, text, *ink);
        if *ink == Ink::Selected {
            paint::tint(canvas, area, row, Ink::Selected);
        }
    }
}
