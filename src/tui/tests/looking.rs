//! A screen's styles in a few lines: each style has a letter, each row says how many cells of which follow each other.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::rig::Rig;
use crate::tui::message::Msg;

impl Rig {
    /// Puts a theme on.
    pub(super) fn wear(&mut self, theme: &str) -> &mut Self {
        theme.clone_into(&mut self.state.preferences.ui.theme);
        let now = self.state.now;
        self.give(Msg::Now(now))
    }
}

/// The cells that one sees: those that a wide character stands on are covered by it.
pub(super) fn seen(buf: &Buffer) -> impl Iterator<Item = &Cell> {
    let covered =
        |at: usize| !at.is_multiple_of(usize::from(buf.area.width.max(1))) && buf.content[at - 1].symbol().width() > 1;
    buf.content.iter().enumerate().filter(move |(at, _)| !covered(*at)).map(|(_, cell)| cell)
}

/// The styles of a screen.
pub(super) fn styles(buf: &Buffer) -> String {
    let mut legend: Vec<String> = Vec::new();
    let mut rows: Vec<(String, usize)> = Vec::new();
    for y in 0..buf.area.height {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for x in 0..buf.area.width {
            // what a wide character stands on looks as it does
            if x > 0
                && buf[(x - 1, y)].symbol().width() > 1
                && let Some((_, count)) = runs.last_mut()
            {
                *count += 1;
                continue;
            }
            let words = words(&buf[(x, y)]);
            let at = legend.iter().position(|known| *known == words).unwrap_or_else(|| {
                legend.push(words);
                legend.len() - 1
            });
            match runs.last_mut() {
                Some((last, count)) if *last == at => *count += 1,
                _ => runs.push((at, 1)),
            }
        }
        let row: Vec<String> = runs.iter().map(|(at, count)| format!("{}{count}", letter(*at))).collect();
        let row = row.join(" ");
        match rows.last_mut() {
            Some((last, count)) if *last == row => *count += 1,
            _ => rows.push((row, 1)),
        }
    }
    let mut out = String::new();
    for (at, words) in legend.iter().enumerate() {
        out.push_str(&format!(
            "{} = {words}
",
            letter(at)
        ));
    }
    for (row, count) in rows {
        out.push_str(&row);
        if count > 1 {
            out.push_str(&format!("   (x{count})"));
        }
        out.push('\n');
    }
    out
}

fn letter(at: usize) -> char {
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().nth(at).unwrap_or('?')
}

fn words(cell: &Cell) -> String {
    let mut words = vec![color(cell.fg)];
    if cell.bg != Color::Reset {
        words.push(format!("on {}", color(cell.bg)));
    }
    for (name, _) in cell.modifier.iter_names() {
        words.push(name.to_lowercase());
    }
    if words.len() == 1 && cell.fg == Color::Reset && cell.modifier == Modifier::empty() {
        return "plain".to_owned();
    }
    words.join(" ")
}

fn color(color: Color) -> String {
    match color {
        Color::Reset => "terminal".to_owned(),
        color => color.to_string().to_lowercase(),
    }
}
