//! A screen, or several after each other, as SVG.

use std::fmt::Write;

use vt100::{Cell, Color, Screen};

/// Pixels of a cell in the usual monospace fonts at this size.
const CELL: (f32, f32) = (8.4, 17.0);
const PAPER: &str = "#16181d";

/// What one moment looks like: one text of SVG for each row.
pub(crate) struct Frame {
    rows: Vec<String>,
    columns: u16,
}

/// Takes a frame.
pub(crate) fn frame(screen: &Screen) -> Frame {
    let (rows, columns) = screen.size();
    Frame { rows: (0..rows.get()).map(|at| row(screen, at, columns.get())).collect(), columns: columns.get() }
}

/// A frame that stands still.
pub(crate) fn still(frame: &Frame) -> String {
    let mut out = head(frame);
    frame.rows.iter().for_each(|row| out.push_str(row));
    out.push_str("</svg>\n");
    out
}

/// Frames after each other, each for so many seconds, over and over. A row that stays is drawn once.
pub(crate) fn film(frames: &[(Frame, f32)]) -> String {
    let mut out = head(&frames[0].0);
    let total: f32 = frames.iter().map(|(_, seconds)| seconds).sum();
    let starts: Vec<f32> =
        frames.iter().scan(0.0, |at, (_, seconds)| Some(std::mem::replace(at, *at + seconds))).chain([total]).collect();
    for at in 0..frames[0].0.rows.len() {
        let mut first = 0;
        while first < frames.len() {
            let row = &frames[first].0.rows[at];
            let end = (first..frames.len()).find(|&end| frames[end].0.rows[at] != *row).unwrap_or(frames.len());
            if first == 0 && end == frames.len() {
                out.push_str(row);
            } else if !row.is_empty() {
                let (from, to) = (starts[first] / total, starts[end] / total);
                let (values, times) = match (first == 0, end == frames.len()) {
                    (true, _) => ("visible;hidden".to_owned(), format!("0;{to:.4}")),
                    (_, true) => ("hidden;visible".to_owned(), format!("0;{from:.4}")),
                    _ => ("hidden;visible;hidden".to_owned(), format!("0;{from:.4};{to:.4}")),
                };
                let _ = writeln!(
                    out,
                    "<g visibility=\"{}\"><animate attributeName=\"visibility\" calcMode=\"discrete\" dur=\"{total}s\" \
                     repeatCount=\"indefinite\" values=\"{values}\" keyTimes=\"{times}\"/>\n{row}</g>",
                    if first == 0 { "visible" } else { "hidden" }
                );
            }
            first = end;
        }
    }
    out.push_str("</svg>\n");
    out
}

fn head(frame: &Frame) -> String {
    let rows = u16::try_from(frame.rows.len()).unwrap_or(u16::MAX);
    let (width, height) = (f32::from(frame.columns) * CELL.0 + 20.0, f32::from(rows) * CELL.1 + 20.0);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n"
    )
}

fn row(screen: &Screen, row: u16, columns: u16) -> String {
    let mut out = String::new();
    let mut column = 0;
    while column < columns {
        let Some(cell) = screen.cell(row, column) else { break };
        let (mut text, mut end) = (contents(cell), column + 1);
        // cells that look alike are one run, so that the file stays small; a gap begins another, so that columns stand
        // straight whatever the font
        while let Some(next) = screen.cell(row, end).filter(|next| same_look(cell, next)) {
            let next = contents(next);
            if text.ends_with(' ') != next.starts_with(' ') && (text.ends_with("  ") || text.trim().is_empty()) {
                break;
            }
            text.push_str(&next);
            end += 1;
        }
        run(&mut out, cell, &text, (row, column, end));
        column = end;
    }
    out
}

fn contents(cell: &Cell) -> String {
    match cell.contents() {
        "" if cell.is_wide_continuation() => String::new(),
        "" => " ".to_owned(),
        text => text.to_owned(),
    }
}

fn same_look(a: &Cell, b: &Cell) -> bool {
    let look = |cell: &Cell| {
        (cell.fgcolor(), cell.bgcolor(), cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse())
    };
    look(a) == look(b)
}

fn run(out: &mut String, cell: &Cell, text: &str, (row, start, end): (u16, u16, u16)) {
    let (mut ink, mut paper) = (hex(cell.fgcolor(), "#d7dae0"), hex(cell.bgcolor(), PAPER));
    if cell.inverse() {
        std::mem::swap(&mut ink, &mut paper);
    }
    let (x, y) = (10.0 + f32::from(start) * CELL.0, 10.0 + f32::from(row) * CELL.1);
    let width = f32::from(end - start) * CELL.0;
    if paper != PAPER {
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{paper}\"/>",
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let mut style = String::new();
    for (on, attribute) in [
        (cell.bold(), " font-weight=\"bold\""),
        (cell.italic(), " font-style=\"italic\""),
        (cell.underline(), " text-decoration=\"underline\""),
        (cell.dim(), " opacity=\"0.6\""),
    ] {
        if on {
            style.push_str(attribute);
        }
    }
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" fill=\"{ink}\"{style}>{escaped}</text>",
        y + 13.0
    );
}

fn hex(color: Color, default: &str) -> String {
    const BASE: [&str; 16] = [
        "#1e2127", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#abb2bf", "#5c6370", "#e06c75",
        "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#ffffff",
    ];
    match color {
        Color::Default => default.to_owned(),
        Color::Idx(index @ 0..=15) => BASE[usize::from(index)].to_owned(),
        Color::Idx(index @ 16..=231) => {
            let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
            let n = index - 16;
            format!("#{:02x}{:02x}{:02x}", level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        Color::Idx(index) => {
            let grey = 8 + 10 * (index - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}
