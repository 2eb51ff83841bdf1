//! Foreign text against every place it is shown at: real languages pass unchanged, attacks do not pass, size costs little.

use std::time::{Duration, Instant};

use mctui::model::text::{
    MAX_LINE, MAX_LINES, MAX_SHOWN, clipboard, log_line, notification, safe_line, safe_text, window_title,
};
use rstest::rstest;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

#[rstest]
#[case::english("Can you move it to 3? It's “fine” – really… café naïve.")]
#[case::decomposed("Cafe\u{301} nai\u{308}ve o\u{302}\u{309}")]
#[case::vietnamese("Tôi muốn đặt lịch hẹn vào thứ Tư, cảm ơn!")]
#[case::polish("Zażółć gęślą jaźń")]
#[case::greek("Θέλω ένα ραντεβού, ευχαριστώ· ᾧ")]
#[case::russian("Здравствуйте! Ёлка, объём")]
#[case::georgian("გამარჯობა, დღეს მოვალ")]
#[case::armenian("Բարեւ Ձեզ")]
#[case::arabic("مرحبا، هل يمكنني تغيير موعدي إلى الساعة ٣؟ بِسْمِ ٱللَّهِ")]
#[case::persian("سلام، می\u{200c}خواهم وقت بگیرم. کتاب\u{200c}ها")]
#[case::urdu("کیا میں کل آ سکتا ہوں؟")]
#[case::hebrew("שלום, אפשר להזיז את התור? בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים")]
#[case::syriac("ܫܠܡܐ ܥܠܝܟ")]
#[case::hindi("नमस्ते, क्या मैं कल आ सकता हूँ? क्\u{200d}ष क्\u{200c}ष र्क्ष्म्य")]
#[case::bengali("আমি কি কাল আসতে পারি? র\u{200d}্যাব")]
#[case::tamil("வணக்கம், நாளை வரலாமா? ஸ்ரீ")]
#[case::telugu("నమస్కారం, రేపు రావచ్చా?")]
#[case::malayalam("നമസ്കാരം ന്\u{200d} അവന്\u{200d}റെ")]
#[case::sinhala("ආයුබෝවන් ශ්\u{200d}රී ලංකා")]
#[case::thai("สวัสดีครับ ขอเลื่อนนัดเป็นบ่ายสามโมงได้ไหม น้ำ กี่")]
#[case::lao("ສະບາຍດີ ນ້ຳ")]
#[case::khmer("សួស្តី ខ្ញុំចង់ធ្វើការណាត់ជួប")]
#[case::burmese("မင်္ဂလာပါ ကျွန်ုပ် ဩဇာ ရှင့်")]
#[case::tibetan("བཀྲ་ཤིས་བདེ་ལེགས། བསྒྲུབས ཧཱུྃ ཨོཾ ཀྵྨླྺྺྃ")]
#[case::mongolian("ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ᠋")]
#[case::amharic("ሰላም ነገ መምጣት እችላለሁ?")]
#[case::chinese("你好，可以改到三点吗？葛\u{e0100}城")]
#[case::japanese("こんにちは。予約を３時に変更できますか？ カ\u{3099} ﾃﾞﾝﾜ　全角")]
#[case::korean("안녕하세요, 세 시로 바꿀 수 있나요? ㅋㅋㅋ ㅠㅠ")]
#[case::korean_decomposed("\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8} \u{ac00}\u{11a8}")]
#[case::old_korean("\u{1103}\u{1173}\u{11af} \u{a964}\u{d7b0}\u{d7cb}")]
#[case::tifinagh("ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ")]
#[case::cherokee("ᎣᏏᏲ ꭳꮟᏺ")]
#[case::adlam("𞤀𞤣𞤤𞤢𞤥 𞤆𞤵𞤤𞤢𞤪")]
#[case::emoji("😀 👍🏽 ❤\u{fe0f} ☎\u{fe0e} 1\u{fe0f}\u{20e3} #\u{fe0f}\u{20e3} ©\u{fe0f}")]
#[case::emoji_joined(
    "👩\u{200d}🔧 👨\u{200d}👩\u{200d}👧\u{200d}👦 🏳\u{fe0f}\u{200d}🌈 🏴\u{200d}☠\u{fe0f} 🤷🏽\u{200d}♀\u{fe0f}"
)]
#[case::kiss("👩🏻\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏿")]
#[case::flags("🇩🇪🇯🇵 🇺🇸")]
#[case::flags_of_parts(
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} 🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} 🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}"
)]
#[case::mathematics("∀x∈ℝ: x⃗ ≠ 0, ½ × 𝒳 ∑ ✓")]
#[case::art("¯\\_(ツ)_/¯ (╯°□°)╯︵ ┻━┻ ʕ•ᴥ•ʔ")]
#[case::lines("first\n\n  second, set in\nlast")]
#[case::french("Voulez-vous\u{a0}? «\u{202f}Oui\u{202f}»")]
fn real_text_is_unchanged(#[case] text: &str) {
    assert_eq!(safe_text(text), text);
    assert_eq!(clipboard(text), text);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(safe_line(text), line);
    assert_eq!(window_title(text), line);
    assert_eq!(notification(text), line);
    assert!(!log_line(text).contains('\n'));
}

#[rstest]
#[case::csi("\x1b[2J\x1b[1;1H", "␛[2J␛[1;1H", "[2J[1;1H")]
#[case::osc_title("\x1b]0;owned\x07", "␛]0;owned␇", "]0;owned")]
#[case::osc_st("\x1b]52;c;ZGVtbw==\x1b\\", "␛]52;c;ZGVtbw==␛\\", "]52;c;ZGVtbw==\\")]
#[case::dcs("\x1bP$q\"p\x1b\\", "␛P$q\"p␛\\", "P$q\"p\\")]
#[case::apc_pm_sos("\x1b_G\x1b^p\x1bXs\u{9c}", "␛_G␛^p␛Xs\u{fffd}", "_G^pXs")]
#[case::eight_bit(
    "a\u{9b}31m\u{9d}0;x\u{9c}\u{90}q\u{98}s\u{9e}p\u{9f}G",
    "a\u{fffd}31m\u{fffd}0;x\u{fffd}\u{fffd}q\u{fffd}s\u{fffd}p\u{fffd}G",
    "a31m0;xqspG"
)]
#[case::c0("a\0\x07\x08\x0b\x0c\x0e\x0f\x7fb", "a␀␇␈␋␌␎␏␡b", "ab")]
#[case::bidi_overrides("invoice\u{202e}fdp.exe\u{202c}", "invoicefdp.exe", "invoicefdp.exe")]
#[case::bidi_isolates("\u{2066}a\u{2067}b\u{2068}c\u{2069}\u{200e}\u{200f}\u{61c}", "abc", "abc")]
#[case::zero_width("pay\u{200b}pal\u{2060}\u{feff}\u{180e}", "paypal", "paypal")]
#[case::joiners_in_latin("pay\u{200c}p\u{200d}al", "paypal", "paypal")]
#[case::joiners_alone("\u{200d}\u{200c}x\u{200d}", "x", "x")]
#[case::joiners_stacked("می\u{200c}\u{200c}\u{200d}خ", "می\u{200c}خ", "می\u{200c}خ")]
#[case::tags("hi\u{e0001}\u{e0068}\u{e0069}\u{e007f}", "hi", "hi")]
#[case::tags_of_no_flag("🏴\u{e0075}\u{e0073}\u{e0074}\u{e0078}\u{e007f}", "🏴", "🏴")]
#[case::selectors("a\u{fe0f}b\u{fe00}😀\u{fe0f}\u{fe0e}\u{fe0f}", "ab😀\u{fe0f}", "ab😀\u{fe0f}")]
#[case::smuggled_bytes("😀\u{e0158}\u{e0155}", "😀", "😀")]
#[case::marks_alone("\u{301}\u{302}\u{303}x", "x", "x")]
#[case::marks_after_blanks("a \u{301}\u{20e3}\n\u{302}b", "a \nb", "a \nb")]
#[case::jamo_fillers("\u{115f}\u{1160}\u{3164}\u{ffa0}x", "x", "x")]
#[case::jamo_alone("a\u{1161}\u{11a8}b", "ab", "ab")]
#[case::braille_blank("a\u{2800}b", "a b", "a b")]
#[case::soft_hyphen("soft\u{ad}hyphen\u{34f}", "softhyphen", "softhyphen")]
#[case::separators("a\u{2028}b\u{2029}c\u{85}d\r\ne\rf", "a\nb\nc\nd\ne\nf", "a\nb\nc\nd\ne\nf")]
#[case::private("\u{e000}\u{10eeee}\u{f8ff}", "\u{fffd}\u{fffd}\u{fffd}", "\u{fffd}\u{fffd}\u{fffd}")]
#[case::noncharacters("a\u{fdd0}\u{fffe}\u{1ffff}b", "ab", "ab")]
#[case::annotations("a\u{fff9}b\u{fffa}c\u{fffb}", "abc", "abc")]
fn attacks_do_not_pass(#[case] raw: &str, #[case] shown: &str, #[case] copied: &str) {
    assert_eq!(safe_text(raw), shown);
    assert_eq!(clipboard(raw), copied);
    assert!(!safe_line(raw).contains(char::is_control));
}

#[test]
fn stacks_are_limited_however_they_are_built() {
    let marks = "\u{301}\u{302}\u{323}\u{489}".repeat(500);
    for raw in [format!("e{marks}"), format!("{marks}e{marks}"), format!("e{}", "\u{200d}\u{301}".repeat(999))] {
        assert!(safe_text(&raw).chars().count() <= 9, "{:?}", safe_text(&raw));
    }
    // fewer than a stack on each of many
    let many = "e\u{301}\u{302}\u{303}".repeat(100);
    assert_eq!(safe_text(&many), many);
}

/// A terminal takes a grapheme into one cell, so none may be long, and what follows it is still read.
#[rstest]
#[case::emoji_chain("👩\u{200d}")]
#[case::modifiers("👍🏽🏽🏽")]
#[case::leading_jamo("\u{1100}")]
#[case::hindi_conjuncts("क\u{94d}")]
#[case::spacing_marks("क\u{93e}")]
#[case::spacing_mark_alone("\u{93e}")]
#[case::number_signs("\u{600}")]
#[case::joined_marks("ک\u{200d}\u{64b}")]
#[case::flags("🇩")]
#[case::keycaps("1\u{fe0f}\u{20e3}\u{20e3}")]
fn graphemes_are_short(#[case] unit: &str) {
    let text = safe_text(&unit.repeat(3_000)).into_owned();
    assert!(text.graphemes(true).all(|grapheme| grapheme.chars().count() <= 32));
    assert_eq!(safe_text(&text), text);
    let followed = format!("{}!", unit.repeat(60));
    assert!(safe_text(&followed).ends_with('!'));
}

#[rstest]
#[case::letters("x")]
#[case::newlines("\n")]
#[case::blanks(" ")]
#[case::hidden("\u{200b}")]
#[case::marks("\u{301}")]
#[case::escapes("\x1b[")]
#[case::one_grapheme("👩\u{200d}")]
#[case::conjuncts("क\u{94d}")]
#[case::jamo("\u{1100}")]
#[case::number_signs("\u{600}")]
#[case::flags("🇩")]
#[case::lines("a line of words\r\n")]
#[case::wide("日本語")]
fn megabytes_cost_little(#[case] unit: &str) {
    let size = if matches!(unit, "x" | "\u{301}" | "👩\u{200d}") { 10_000_000 } else { 1_000_000 };
    let raw = unit.repeat(size / unit.len());
    let began = Instant::now();
    let (text, line) = (safe_text(&raw), safe_line(&raw));
    for shown in [&*text, &line, &window_title(&raw), &notification(&raw), &clipboard(&raw)] {
        assert!(shown.chars().count() <= MAX_SHOWN && shown.len() <= 4 * MAX_SHOWN);
        assert!(shown.split('\n').count() <= MAX_LINES);
    }
    assert!(line.chars().count() <= MAX_LINE && window_title(&raw).width() <= 80 && notification(&raw).width() <= 200);
    assert_eq!(safe_text(&text), text);
    // unoptimised and on a busy machine it takes a second or two; were it quadratic, it would take days
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
fn what_was_cut_is_told() {
    let text = safe_text(&"é".repeat(50_000)).into_owned();
    assert!(text.ends_with("é… (30040 more characters)"), "{}", &text[text.len() - 80..]);
    let lines = safe_text(&"line\n".repeat(3_000)).into_owned();
    assert_eq!(lines.split('\n').count(), MAX_LINES);
    assert!(lines.ends_with("line… (10001 more characters)"), "{}", &lines[lines.len() - 80..]);
    assert!(safe_line(&"é".repeat(50_000)).ends_with("é…"));
    // a name is not hidden behind what is not shown
    assert_eq!(safe_line(&format!("{}Dana", "\u{200b}".repeat(100_000))), "Dana");
}

#[rstest]
#[case("two\nlines\r\n", "two\\nlines\\r\\n")]
#[case("\x1b]0;t\x07\u{9b}x\u{7f}", "\\u{1b}]0;t\\u{7}\\u{9b}x\\u{7f}")]
#[case("a\u{202e}b\u{2028}c\u{200b}\u{feff}\td", "a\\u{202e}b\\u{2028}c\\u{200b}\\u{feff}\\td")]
#[case("شكرا 日本 😀", "شكرا 日本 😀")]
fn a_log_line_is_one_line(#[case] raw: &str, #[case] line: &str) {
    assert_eq!(log_line(raw), line);
}

#[test]
fn notifications_hold_no_separator() {
    assert_eq!(notification("a;b\nc\x1b\\"), "a,b c␛\\");
}
