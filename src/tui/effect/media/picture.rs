//! A file made into a picture of so many cells: half-blocks always, and what the terminal itself understands where it
//! understands any such thing. Takes a while: never called where the screen waits.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgba};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::style::Color;
use ratatui::widgets::Widget;
use ratatui_image::Image;
use ratatui_image::protocol::Protocol as Encoded;
use ratatui_image::protocol::iterm2::Iterm2;
use ratatui_image::protocol::kitty::Kitty;
use ratatui_image::protocol::sixel::Sixel;

use crate::config::graphics::{Depth, Graphics, Protocol};
use crate::config::preferences::Images;
use crate::tui::widgets::picture::{Escape, Picture};

/// A picture of a phone has twelve million pixels, some have fifty; what takes more is made to harm.
const LARGEST: u32 = 16_384;
const MEMORY: u64 = 256 * 1024 * 1024;
/// Pixels of a cell where the terminal does not tell: twice as high as wide.
const CELL: (u16, u16) = (10, 20);
/// A picture is shown so many times larger than it is at most.
const LARGER: f64 = 3.0;
/// What kitty's placeholders are made of.
const PLACEHOLDER: char = '\u{10eeee}';

static SERIALS: AtomicU64 = AtomicU64::new(1);

/// How a picture is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    protocol: Option<Protocol>,
    depth: Depth,
    /// Pixels of a cell, where they are known.
    cell: Option<(u16, u16)>,
}

impl Way {
    /// As a person wants it, as well as the terminal can.
    pub(super) fn new(images: Images, graphics: Graphics) -> Self {
        let (protocol, depth) = match images {
            Images::Auto => (graphics.protocol, graphics.depth),
            Images::Off => (None, Depth::Few),
            Images::Kitty => (Some(Protocol::Kitty), Depth::True),
            Images::Sixel => (Some(Protocol::Sixel), Depth::True),
            Images::Iterm2 => (Some(Protocol::Iterm2), Depth::True),
            Images::Blocks if graphics.depth == Depth::Few => (None, Depth::Indexed),
            Images::Blocks => (None, graphics.depth),
        };
        Self { protocol, depth, cell: cell() }
    }
}

/// The system knows it without asking the terminal, where the terminal has told it.
fn cell() -> Option<(u16, u16)> {
    let size = crossterm::terminal::window_size().ok()?;
    let cell = (size.width.checked_div(size.columns)?, size.height.checked_div(size.rows)?);
    (cell.0 >= 4 && cell.1 >= 4).then_some(cell)
}

/// Reads a picture and makes it fit; `None` where it is none, too large, or cannot be shown here.
pub(super) fn make(path: &Path, room: (u16, u16), way: Way) -> Option<Picture> {
    if way.depth == Depth::Few || room.0 == 0 || room.1 == 0 {
        return None;
    }
    match read(path) {
        Ok(image) => Some(fit(&image, room, way)),
        Err(why) => {
            tracing::debug!(%why, "a file is no picture that can be shown");
            None
        }
    }
}

fn read(path: &Path) -> image::ImageResult<DynamicImage> {
    let mut reader = ImageReader::open(path)?.with_guessed_format()?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LARGEST), Some(LARGEST));
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    // phones turn the page instead of the picture
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn fit(image: &DynamicImage, room: (u16, u16), way: Way) -> Picture {
    let (columns, rows) = cells((image.width(), image.height()), room, way.cell.unwrap_or(CELL));
    let small = image.resize_exact(columns.into(), u32::from(rows) * 2, FilterType::Triangle).to_rgba8();
    let colour = |x: u32, y: u32| shade(*small.get_pixel(x, y), way.depth);
    let block = |(x, y): (u16, u16)| {
        let (x, y) = (u32::from(x), u32::from(y) * 2);
        (colour(x, y), colour(x, y + 1))
    };
    let blocks = (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y))).map(block).collect();
    let serial = SERIALS.fetch_add(1, Ordering::Relaxed);
    let escape = way.protocol.and_then(|protocol| encode(image, (columns, rows), protocol, way.cell, serial));
    Picture { serial, columns, rows, blocks, escape }
}

/// Cells of a picture of so many pixels in so much room: not distorted, and not blown up without measure.
fn cells(pixels: (u32, u32), room: (u16, u16), cell: (u16, u16)) -> (u16, u16) {
    let (width, height) = (f64::from(pixels.0.max(1)), f64::from(pixels.1.max(1)));
    let (across, down) = (f64::from(cell.0), f64::from(cell.1));
    let scale = (f64::from(room.0) * across / width).min(f64::from(room.1) * down / height).min(LARGER);
    let whole = |pixels: f64, cell: f64, most: u16| {
        // within 1..=most by the clamp
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a u16")]
        let cells = (pixels * scale / cell).round().clamp(1.0, f64::from(most)) as u16;
        cells
    };
    (whole(width, across, room.0), whole(height, down, room.1))
}

/// A colour that the terminal has; what one sees through stays the terminal's own.
fn shade(Rgba([r, g, b, a]): Rgba<u8>, depth: Depth) -> Color {
    if a < 128 {
        return Color::Reset;
    }
    if depth == Depth::True {
        return Color::Rgb(r, g, b);
    }
    // the cube of 6×6×6, or the ramp of greys where all three are alike
    let spread = r.max(g).max(b) - r.min(g).min(b);
    if spread < 10 {
        let grey = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
        return match grey {
            0..4 => Color::Indexed(16),
            4..=246 => Color::Indexed(232 + u8::try_from((grey - 3) / 10).unwrap_or(23).min(23)),
            _ => Color::Indexed(231),
        };
    }
    let step = |part: u8| match part {
        0..48 => 0,
        48..115 => 1,
        _ => (part - 35) / 40,
    };
    Color::Indexed(16 + 36 * step(r) + 6 * step(g) + step(b))
}

fn encode(
    image: &DynamicImage,
    (columns, rows): (u16, u16),
    protocol: Protocol,
    cell: Option<(u16, u16)>,
    serial: u64,
) -> Option<Escape> {
    // kitty scales by itself; the others paint pixels, and without their size they would paint over other cells
    let cell = if protocol == Protocol::Kitty { cell.or(Some(CELL)) } else { cell }?;
    let pixels = (u32::from(columns) * u32::from(cell.0), u32::from(rows) * u32::from(cell.1));
    let exact = image.resize_exact(pixels.0, pixels.1, FilterType::Triangle);
    let size = Size::new(columns, rows);
    let encoded = match protocol {
        Protocol::Kitty => {
            // apart from what other programs in the same terminal have sent
            let id =
                std::process::id().wrapping_mul(0x0001_0001).wrapping_add(u32::try_from(serial).unwrap_or(0)).max(1);
            Kitty::new(exact, size, id, false, false).map(|kitty| in_rows(&Encoded::Kitty(kitty), (columns, rows)))
        }
        Protocol::Sixel => Sixel::new(exact, size, false).map(|sixel| at_once(sixel.data)),
        Protocol::Iterm2 => Iterm2::new(exact, size, false).map(|picture| at_once(picture.data)),
    };
    encoded.inspect_err(|why| tracing::debug!(%why, "a picture could not be encoded")).ok()
}

fn at_once(data: String) -> Escape {
    Escape { before: String::new(), rows: vec![data] }
}

/// Kitty's placeholders, row by row, with their colour, which says which picture they stand for; what sends the picture
/// comes before the first of them.
fn in_rows(encoded: &Encoded, (columns, rows): (u16, u16)) -> Escape {
    let area = Rect::new(0, 0, columns, rows);
    let mut buf = Buffer::empty(area);
    Image::new(encoded).render(area, &mut buf);
    let mut escape = Escape { before: String::new(), rows: Vec::new() };
    for y in 0..rows {
        let mut row = match buf[(0, y)].fg {
            Color::Rgb(r, g, b) => format!("\x1b[0;38;2;{r};{g};{b}m"),
            _ => String::new(),
        };
        for x in 0..columns {
            let symbol = buf[(x, y)].symbol();
            let start = symbol.find(PLACEHOLDER).unwrap_or(0);
            escape.before.push_str(&symbol[..start]);
            row.push_str(&symbol[start..]);
        }
        escape.rows.push(row);
    }
    escape
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const CRACK: &[u8] = include_bytes!("../../../../assets/demo/crack.png");
    const TRUE: Way = Way { protocol: None, depth: Depth::True, cell: None };

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn a_photo_becomes_blocks() {
        let photo = file(CRACK);
        let picture = make(photo.path(), (40, 8), TRUE).expect("it is a picture");
        assert!(
            picture.columns <= 40 && picture.rows <= 8 && (picture.columns == 40 || picture.rows == 8),
            "{picture:?}"
        );
        assert_eq!(picture.blocks.len(), usize::from(picture.columns) * usize::from(picture.rows));
        assert!(picture.blocks.iter().any(|(upper, lower)| upper != lower), "it is not all of one colour");
        assert!(picture.escape.is_none());
    }

    #[rstest]
    #[case(Protocol::Kitty, "\x1b_G", 8)]
    #[case(Protocol::Sixel, "\x1bP", 1)]
    #[case(Protocol::Iterm2, "\x1b]1337;File=", 1)]
    fn a_terminal_is_told_in_its_own_words(#[case] protocol: Protocol, #[case] begins: &str, #[case] rows: usize) {
        let photo = file(CRACK);
        let way = Way { protocol: Some(protocol), cell: Some((10, 20)), ..TRUE };
        let picture = make(photo.path(), (40, 8), way).unwrap();
        let escape = picture.escape.expect("it has its own words");
        let all = escape.before.clone() + &escape.rows.concat();
        assert!(all.contains(begins), "{:?}", &all[..all.len().min(200)]);
        assert_eq!(escape.rows.len(), rows.min(usize::from(picture.rows).max(1)));
        if protocol == Protocol::Kitty {
            assert!(escape.rows.iter().all(|row| row.matches(PLACEHOLDER).count() == usize::from(picture.columns)));
            assert!(!escape.before.contains(PLACEHOLDER) && !escape.rows[0].contains("\x1b_G"));
        }
    }

    #[test]
    fn pixels_of_unknown_size_are_not_painted() {
        let photo = file(CRACK);
        for (protocol, there) in [(Protocol::Kitty, true), (Protocol::Sixel, false), (Protocol::Iterm2, false)] {
            let picture = make(photo.path(), (40, 8), Way { protocol: Some(protocol), ..TRUE }).unwrap();
            assert_eq!(picture.escape.is_some(), there, "{protocol:?}");
        }
    }

    #[test]
    fn what_is_no_picture_is_none() {
        for bytes in [&b""[..], b"GIF89a", b"#!/bin/sh\n", &CRACK[..100]] {
            assert!(make(file(bytes).path(), (40, 8), TRUE).is_none());
        }
        assert!(make(file(CRACK).path(), (40, 8), Way { depth: Depth::Few, ..TRUE }).is_none());
        assert!(make(Path::new("/nonexistent.png"), (40, 8), TRUE).is_none());
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        // a few bytes that say they are 60,000 by 60,000
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        for side in [60_000_u32, 60_000] {
            png.extend(side.to_be_bytes());
        }
        png.extend([8, 6, 0, 0, 0]);
        let mut crc = !0_u32;
        for byte in &png[12..] {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
            }
        }
        png.extend((!crc).to_be_bytes());
        assert!(make(file(&png).path(), (40, 8), TRUE).is_none());
    }

    #[rstest]
    #[case((4_000, 3_000), (40, 8), (10, 20), (21, 8))]
    #[case((100, 4_000), (40, 8), (10, 20), (1, 8))]
    #[case((4_000, 100), (40, 8), (10, 20), (40, 1))]
    #[case((20, 20), (40, 8), (10, 20), (6, 3))]
    fn keeps_its_shape(
        #[case] pixels: (u32, u32),
        #[case] room: (u16, u16),
        #[case] cell: (u16, u16),
        #[case] is: (u16, u16),
    ) {
        assert_eq!(cells(pixels, room, cell), is);
    }

    #[rstest]
    #[case([255, 0, 0, 255], Color::Indexed(196))]
    #[case([0, 0, 0, 255], Color::Indexed(16))]
    #[case([255, 255, 255, 255], Color::Indexed(231))]
    #[case([128, 128, 128, 255], Color::Indexed(244))]
    #[case([0, 0, 0, 0], Color::Reset)]
    fn has_256_colours_where_there_are_no_more(#[case] pixel: [u8; 4], #[case] colour: Color) {
        assert_eq!(shade(Rgba(pixel), Depth::Indexed), colour);
    }
}
