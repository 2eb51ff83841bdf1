//! The built-in themes are whole and legible, a person's own are read or refused with a line.

use std::path::Path;

use proptest::prelude::*;
use rstest::rstest;

use super::read::read;
use super::*;

fn built_in() -> Vec<Theme> {
    Themes::default().all
}

#[test]
fn there_are_themes_for_everyone() {
    let themes = Themes::default();
    assert!(themes.all().len() >= 12 && themes.problems().is_empty());
    for (id, text) in BUILT_IN {
        let sketch = read(Path::new(id), text).unwrap();
        assert!(sketch.name.is_some() && sketch.about.is_some(), "{id}");
        assert!(themes.get(id).is_some_and(|theme| theme.is_built_in), "{id}");
    }
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/themes")).unwrap().count();
    assert_eq!(files, BUILT_IN.len(), "every file is in the list");
}

/// What a theme's text has of contrast with each ground that it may stand on; what cannot be known is left out.
fn contrasts(theme: &Theme) -> Vec<(Role, f64)> {
    let grounds = theme.grounds();
    let mut out = Vec::new();
    for role in Role::ALL {
        let look = theme.look(role);
        let Some(text) = look.fg.and_then(Color::rgb) else { continue };
        let own = look.bg.map(|ground| vec![ground]);
        for ground in own.unwrap_or_else(|| grounds.clone()).into_iter().filter_map(Color::rgb) {
            out.push((role, contrast(text, ground)));
        }
    }
    out
}

#[test]
fn text_reads_on_its_ground() {
    let mut held = 0;
    for theme in built_in() {
        let needed = if theme.id.starts_with("contrast-") { 7.0 } else { 4.5 };
        for (role, contrast) in contrasts(&theme) {
            let needed = if role.is_read() { needed } else { 1.3 };
            assert!(contrast >= needed, "{}: {role:?} has {contrast:.2}", theme.id);
            held += 1;
        }
    }
    assert!(held > 600, "{held}");
}

/// The terminal's own ground may be white or black: what the default theme puts on it is seen on both.
#[test]
fn the_default_suits_light_and_dark() {
    let theme = Themes::default().get(DEFAULT).cloned().unwrap();
    assert!(theme.grounds().is_empty());
    for role in Role::ALL {
        let look = theme.look(role);
        let Some(text) = look.fg.and_then(Color::rgb) else { continue };
        if let Some(ground) = look.bg.and_then(Color::rgb) {
            assert!(contrast(text, ground) > 4.5, "{role:?}");
            continue;
        }
        for ground in [Rgb(0, 0, 0), Rgb(255, 255, 255)] {
            assert!(contrast(text, ground) > 2.0, "{role:?}");
        }
    }
}

#[rstest]
#[case(Depth::Indexed)]
#[case(Depth::Sixteen)]
fn fewer_colours_still_read(#[case] depth: Depth) {
    for theme in built_in() {
        let reduced = theme.at(depth);
        for role in Role::ALL {
            let look = reduced.look(role);
            for color in [look.fg, look.bg].into_iter().flatten() {
                let there = match depth {
                    Depth::Sixteen => matches!(color, Color::Terminal | Color::Ansi(_)),
                    _ => !matches!(color, Color::Rgb(_)),
                };
                assert!(there, "{}: {role:?} {color:?}", theme.id);
            }
        }
        for (role, contrast) in contrasts(&reduced) {
            let needed = if role.is_read() { 4.5 } else { 1.1 };
            assert!(contrast >= needed, "{} at {depth:?}: {role:?} has {contrast:.2}", theme.id);
        }
        // a selected row is seen
        if let (Some(row), Some(screen)) = (reduced.look(Role::Selected).bg, reduced.look(Role::Screen).bg) {
            assert_ne!(row, screen, "{} at {depth:?}", theme.id);
        }
    }
}

#[test]
fn none_has_no_colours_and_all_keep_their_kind() {
    for theme in built_in() {
        let dark = |theme: &Theme| theme.look(Role::Screen).bg.and_then(Color::rgb).map(|rgb| rgb.luminance() < 0.2);
        assert_eq!(dark(&theme), dark(&theme.at(Depth::Sixteen)), "{}", theme.id);
        assert_eq!(dark(&theme), dark(&theme.at(Depth::Indexed)), "{}", theme.id);
        assert_eq!(theme.at(Depth::True), theme);
        let bare = theme.at(Depth::None);
        for role in Role::ALL {
            assert_eq!((bare.look(role).fg, bare.look(role).bg), (None, None), "{role:?}");
        }
        assert!(bare.look(Role::Selected).reverse && bare.look(Role::Unread).bold && bare.look(Role::Link).underline);
    }
}

#[rstest]
#[case("name = 1", 1, "string")]
#[case("[roles]\nplain = \"red\"\nheadr = \"red\"", 3, "unknown variant `headr`, expected one of `plain`")]
#[case("colour = {}", 1, "unknown field `colour`")]
#[case("[roles]\n\nwarn = \"bold crimson\"", 3, "“crimson” is no colour")]
#[case("[roles]\nwarn = \"red blue\"", 2, "two colours")]
#[case("[roles]\nwarn = \"red on blue on black\"", 2, "two grounds")]
#[case("[roles]\nwarn = \"red on\"", 2, "after “on”")]
#[case("[roles]\nwarn = 3", 2, "string")]
#[case("[colors]\nlamp = \"#12\"", 2, "“#12” is no colour")]
#[case("[colors]\nred = \"#123456\"", 2, "“red” means something already")]
#[case("[colors]\non = \"#123456\"", 2, "“on” means something already")]
#[case("[roles]\nwarn = \"red\"\nwarn = \"blue\"", 3, "duplicate")]
#[case("[roles", 1, "")]
fn points_at_the_line(#[case] text: &str, #[case] line: usize, #[case] says: &str) {
    let error = read(Path::new("mine.toml"), text).unwrap_err();
    assert_eq!(error.line, line, "{error}");
    assert!(error.problem.contains(says), "{error}");
    assert!(error.to_string().starts_with(&format!("mine.toml, line {line}: ")), "{error}");
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn a_persons_own_are_read() {
    let folder = folder(&[
        ("mine.toml", "name = \"Mine\"\ninherits = \"base\"\n[roles]\nwarn = \"#010203\""),
        ("base.toml", "inherits = \"nord\"\n[roles]\nbad = \"bold italic red on 17\"\nwarn = \"red\""),
        ("nord.toml", "inherits = \"nord\"\n[roles]\ndim = \"#ffffff\""),
        ("notes.txt", "not a theme"),
    ]);
    let themes = Themes::with_own(folder.path());
    assert_eq!(themes.problems(), []);
    assert_eq!(themes.all().len(), BUILT_IN.len() + 2, "one takes the place of a built-in one");
    let nord = Themes::default().get("nord").cloned().unwrap();
    let mine = themes.get("mine").unwrap();
    assert_eq!(mine.name, "Mine");
    assert!(!mine.is_built_in);
    assert_eq!(mine.look(Role::Warn), Look { fg: Some(Color::Rgb(Rgb(1, 2, 3))), ..Look::default() });
    let bad =
        Look { fg: Some(Color::Ansi(1)), bg: Some(Color::Indexed(17)), bold: true, italic: true, ..Look::default() };
    assert_eq!(mine.look(Role::Bad), bad);
    assert_eq!(mine.look(Role::Screen), nord.look(Role::Screen));
    assert_eq!(mine.look(Role::Dim).fg, Some(Color::Rgb(Rgb(255, 255, 255))), "their nord, not ours");
    assert_ne!(themes.get("nord").unwrap().look(Role::Dim), nord.look(Role::Dim));
}

#[test]
fn what_is_no_theme_is_told_and_harms_no_other() {
    let folder = folder(&[
        ("one.toml", "inherits = \"two\""),
        ("two.toml", "inherits = \"one\""),
        ("orphan.toml", "# a comment\ninherits = \"nrod\""),
        ("typo.toml", "[roles]\nwran = \"red\""),
        ("good.toml", ""),
    ]);
    std::fs::create_dir(folder.path().join("folder.toml")).unwrap();
    std::fs::write(folder.path().join("bytes.toml"), [0xff, 0xfe]).unwrap();
    std::fs::write(folder.path().join("huge.toml"), "#".repeat(100_000)).unwrap();
    let themes = Themes::with_own(folder.path());
    assert!(themes.get("good").is_some() && themes.get("nord").is_some());
    assert_eq!(themes.all().len(), BUILT_IN.len() + 1);
    let told: Vec<String> = themes.problems().iter().map(ToString::to_string).collect();
    let tells = |name: &str, words: &str| told.iter().any(|told| told.contains(name) && told.contains(words));
    assert!(tells("orphan.toml, line 2", "no theme “nrod”"), "{told:?}");
    assert!(tells("typo.toml, line 2", "wran") && tells("one.toml", "cannot inherit itself"), "{told:?}");
    assert!(tells("folder.toml", "no theme") && tells("bytes.toml", "cannot be read") && tells("huge.toml", "64 KiB"));
    assert_eq!(Themes::with_own(Path::new("/nowhere")), Themes::default());
}

#[rstest]
#[case(Some("xterm-256color"), Some("truecolor"), None, Depth::True)]
#[case(Some("xterm-256color"), Some("24bit"), None, Depth::True)]
#[case(Some("xterm-256color"), None, None, Depth::Indexed)]
#[case(Some("tmux-256color"), Some(""), None, Depth::Indexed)]
#[case(Some("xterm-kitty"), None, None, Depth::True)]
#[case(Some("xterm-direct"), None, None, Depth::True)]
#[case(Some("xterm-256color"), None, Some("iTerm.app"), Depth::True)]
#[case(Some("xterm-256color"), None, Some("Apple_Terminal"), Depth::Indexed)]
#[case(Some("xterm"), None, None, Depth::Sixteen)]
#[case(Some("linux"), None, None, Depth::Sixteen)]
#[case(Some("screen"), None, None, Depth::Sixteen)]
#[case(Some("vt220"), None, None, Depth::None)]
#[case(Some("dumb"), Some("truecolor"), None, Depth::None)]
fn terminals_are_known(
    #[case] term: Option<&str>,
    #[case] colorterm: Option<&str>,
    #[case] program: Option<&str>,
    #[case] depth: Depth,
) {
    assert_eq!(Terminal { term, colorterm, program }.depth(), depth);
}

proptest! {
    #[test]
    fn never_panics(text in any::<String>(), words in "[a-z#0-9 -]{0,30}") {
        let _ = read(Path::new("x.toml"), &text);
        if let Ok(sketch) = read(Path::new("x.toml"), &format!("[roles]\nplain = \"{words}\"\nselected = \"{words}\"")) {
            let mut theme = Theme::bare();
            for (role, look) in sketch.looks {
                theme.looks[role as usize] = Some(look);
            }
            for depth in [Depth::None, Depth::Sixteen, Depth::Indexed, Depth::True] {
                let _ = theme.at(depth);
            }
        }
    }
}
