//! Draws the README's picture: the demo in a real pseudo-terminal, as SVG, so that it never lies.
//!
//! `cargo run --example picture -- docs/screen.svg` (the binary is built with it)

#[path = "../tests/common/pty.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests, which use more of it")]
mod pty;

use std::fmt::Write;

use pty::Pty;
use vt100::{Cell, Color, Screen};

const ROWS: u16 = 32;
const COLUMNS: u16 = 110;
/// Pixels of a cell in the usual monospace fonts at this size.
const CELL: (f32, f32) = (8.4, 17.0);

fn main() {
    let path = std::env::args().nth(1).unwrap_or_else(|| "docs/screen.svg".to_owned());
    let home = tempfile::tempdir().expect("a folder for the demo's home");
    let mut demo = Pty::mctui(&["demo"], home.path(), &[("COLORTERM", "truecolor")], ROWS, COLUMNS);
    demo.wait("the first sync", |screen| screen.contains("synced") && screen.lines().count() > 20);
    demo.keys("\r");
    demo.wait_for(" To ");
    demo.keys("Thanks for asking! Tuesday at 3 pm works — see you then.");
    demo.wait_for("see you then");
    let picture = demo.look(svg);
    demo.keys("\u{11}");
    std::fs::write(&path, picture).expect("the picture can be written");
    println!("{path}");
}

fn svg(screen: &Screen) -> String {
    let (width, height) = (f32::from(COLUMNS) * CELL.0 + 20.0, f32::from(ROWS) * CELL.1 + 20.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#16181d\"/>\n"
    );
    for row in 0..ROWS {
        let mut column = 0;
        while column < COLUMNS {
            let Some(cell) = screen.cell(row, column) else { break };
            let (mut text, mut end) = (contents(cell), column + 1);
            // cells that look alike are one run, so that the file stays small
            while let Some(next) = screen.cell(row, end).filter(|next| same_look(cell, next)) {
                text.push_str(&contents(next));
                end += 1;
            }
            run(&mut out, cell, &text, (row, column, end));
            column = end;
        }
    }
    out.push_str("</svg>\n");
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
    let (mut ink, mut paper) = (hex(cell.fgcolor(), "#d7dae0"), hex(cell.bgcolor(), "#16181d"));
    if cell.inverse() {
        std::mem::swap(&mut ink, &mut paper);
    }
    let (x, y) = (10.0 + f32::from(start) * CELL.0, 10.0 + f32::from(row) * CELL.1);
    let width = f32::from(end - start) * CELL.0;
    if paper != "#16181d" {
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
