//! Finding words in scripts without blanks, and numbers in every spelling: what the index finds is what a look at each text
//! finds.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mctui::model::query::{self, Query};
use mctui::model::words;
use mctui::store::SearchQuery;
use proptest::prelude::*;
use rstest::rstest;

use super::search::words_are_indexed;
use super::{Home, at, by_id, inbound, outgoing, take_in};

fn typed(text: &str) -> Query {
    let now: Timestamp = "2026-03-04T12:00:00Z".parse().unwrap();
    query::parse(text, true, now, &TimeZone::UTC)
}

/// Where texts are found that hold all that was typed: everywhere, and in their conversation as one phrase.
async fn places(home: &Home, text: &str) -> (Vec<String>, usize) {
    // without the contacts that have these digits: all that was said with them counts as found
    let query = Query { digits: Vec::new(), ..typed(text) };
    let asked = SearchQuery { query, limit: 50, ..SearchQuery::default() };
    let found = home.store.search(asked).await.unwrap().found;
    let thread = home.store.threads(mctui::store::ThreadQuery { limit: 1, ..Default::default() }).await.unwrap();
    let inside = home.store.find_in_thread(thread.threads[0].id, Query::phrase(text), 50).await.unwrap();
    (found.into_iter().map(|found| found.message.body).collect(), inside.len())
}

#[rstest]
#[case::in_a_run("予約", "明日の予約をお願いします")]
#[case::one_character("予", "明日の予約をお願いします")]
#[case::the_last_one("す", "明日の予約をお願いします")]
#[case::all_of_it("明日の予約をお願いします", "明日の予約をお願いします")]
#[case::past_a_line("予約をお", "明日の予約を\nお願いします")]
#[case::katakana("キャンセル", "予約をキャンセルしたい")]
#[case::half_width("ｷｬﾝｾﾙ", "予約をキャンセルしたい")]
#[case::full_width("ガード", "ｶﾞｰﾄﾞ下で")]
#[case::full_width_latin("abc", "ＡＢＣ薬局")]
#[case::simplified("预约", "我想预约明天下午")]
#[case::beyond_the_first_plane("𠮷野", "今日は𠮷野家で")]
#[case::a_word_before_a_run("iphone", "iPhoneの充電器")]
#[case::its_beginning("iph", "私のiPhoneの充電器")]
#[case::across_the_border("iPhoneの充", "iPhoneの充電器")]
#[case::a_run_behind_a_word("充電器", "iPhoneの充電器")]
#[case::a_date("3月5日", "3月5日に伺います")]
#[case::a_part_of_it("月5", "3月5日に伺います")]
#[case::thai("นัดหมาย", "ขอเลื่อนนัดหมายพรุ่งนี้")]
#[case::a_part_of_a_syllable("ก", "ก่อนเที่ยง")]
#[case::lao("ນັດ", "ຂໍນັດພົບ")]
#[case::khmer("ណាត់", "ខ្ញុំចង់ណាត់ជួប")]
#[case::burmese("ချိန်း", "ရက်ချိန်းယူချင်")]
#[case::tibetan("བདེ", "བཀྲ་ཤིས་བདེ་ལེགས")]
#[case::with_a_particle("예약", "예약을 하고 싶어요")]
#[case::inside_of_a_compound("서울", "우리서울에서")]
#[case::taken_apart("예약", "\u{110b}\u{1168}\u{110b}\u{1163}\u{11a8}을")]
#[case::devanagari("कल", "मैं कल आऊँगा")]
#[case::vowel_signs("हिन्दी", "यह हिन्दी है")]
#[case::arabic("غدا", "سآتي غدا صباحا")]
#[case::digits("2025550147", "call 202-555-0147")]
#[case::digits_in_brackets("2025550147", "call (202) 555-0147")]
#[case::with_a_country("2025550147", "+1 202 555 0147")]
#[case::with_a_country_in_one("2025550147", "+12025550147")]
#[case::with_a_country_and_brackets("2025550147", "1(202)555-0147")]
#[case::with_dots("2025550147", "202.555.0147")]
#[case::blanks_that_do_not_break("2025550147", "202\u{a0}555\u{202f}0147")]
#[case::other_dashes("2025550147", "202\u{2011}555\u{2013}0147")]
#[case::marks_of_direction("2025550147", "\u{2066}(202) \u{200e}555-0147\u{2069}")]
#[case::wide_digits("2025550147", "２０２－５５５－０１４７")]
#[case::digits_of_another_script("2025550147", "٢٠٢ ٥٥٥ ٠١٤٧")]
#[case::gujarati_digits("2025550147", "૨૦૨-૫૫૫-૦૧૪૭")]
#[case::tamil_digits("2025550147", "௨௦௨ ௫௫௫ ௦௧௪௭")]
#[case::telugu_digits_typed("౨౦౨౫౫౫౦౧౪౭", "202-555-0147")]
#[case::mathematical_digits("2025550147", "𝟐𝟎𝟐 𝟓𝟓𝟓 𝟎𝟏𝟒𝟕")]
#[case::before_another_number("2025550147", "202-555-0147 303-555-0162 404-555-0188")]
#[case::behind_another_number("4045550188", "202-555-0147 303-555-0162 404-555-0188")]
#[case::before_a_time("2025550147", "202 555 0147 9 am")]
#[case::an_extension("2025550147", "202-555-0147x12")]
#[case::beside_a_run("2025550147", "電話は202-555-0147です")]
#[case::separators_typed("202-555-0147", "2025550147")]
#[case::brackets_typed("(202) 555 0147", "2025550147")]
#[case::separators_and_a_country("202-555-0147", "+12025550147")]
#[case::a_country_typed("+1 202 555 0147", "(202) 555-0147")]
#[case::a_country_in_one_typed("12025550147", "202.555.0147")]
#[case::wide_digits_typed("２０２５５５０１４７", "202-555-0147")]
#[case::others_typed("202.555.0147", "(202) 555-0147")]
#[case::a_beginning("202555", "(202) 555-0147")]
#[case::a_beginning_with_a_dash("202-55", "+1 202.555.0147")]
#[case::a_beginning_of_one("202-55", "2025550147")]
#[case::a_beginning_with_the_country("+1 202 55", "+1 (202) 555-0147")]
#[case::a_beginning_with_a_plus("+1 202 55", "2025550147")]
#[case::an_end("5550147", "(202) 555-0147")]
#[case::an_end_with_a_dash("555-0147", "(202) 555-0147")]
#[case::an_end_of_one("555-0147", "call +12025550147")]
#[case::an_end_of_ten("5550147", "call 2025550147")]
#[case::a_code("123456", "Your code is 123-456")]
#[case::an_order("12-3456", "order 12-3456")]
#[case::a_date_as_written("2026-11-01", "on 2026-11-01 at 9")]
#[case::an_amount("1,200.50", "that is $1,200.50")]
#[case::a_long_one("4111111111111111", "4111 1111 1111 1111")]
#[tokio::test]
async fn finds(#[case] text: &str, #[case] body: &str) {
    let home = Home::new().await;
    let others = ["something else", "約束の予定", "12 34 people", "ตกลง"];
    let texts = others.into_iter().chain([body]);
    let batch = (0..).zip(texts).map(|(n, body)| inbound(1, n, body)).collect();
    take_in(&home.store, batch).await;
    let (found, inside) = places(&home, text).await;
    assert!(found.iter().any(|found| found == body), "{text} in {found:?}");
    assert!(inside >= 1, "{text} in its conversation");
    let query = typed(text);
    assert!(!words::places(&query.terms, body).is_empty(), "it is lit up");
    assert!(found.iter().all(|body| words::has_all(&query.terms, body)), "{found:?}");
}

#[rstest]
#[case::another_order("約予", "明日の予約をお願いします")]
#[case::a_part_of_another_word("phone", "iPhoneの充電器")]
#[case::too_few_digits("1234", "table 12 34 people")]
#[case::a_year("2026", "call 202-605-5501")]
#[case::more_than_a_separator("2025550147", "202 and 555-0147")]
#[case::past_a_line("2025550147", "202\n555-0147")]
#[case::in_quotes("\"2025550147\"", "202-555-0147")]
#[case::in_quotes_whole("\"appoint\"", "appointment")]
#[case::a_number_is_no_word_of_another("\"2025550147 5550147\"", "2025550147")]
#[case::the_middle("2555014", "2025550147")]
#[tokio::test]
async fn does_not_find(#[case] text: &str, #[case] body: &str) {
    let home = Home::new().await;
    take_in(&home.store, vec![inbound(1, 0, body)]).await;
    let asked = SearchQuery { query: typed(text), limit: 50, ..SearchQuery::default() };
    assert_eq!(home.store.search(asked).await.unwrap().found, []);
}

#[tokio::test]
async fn several_terms_are_wanted() {
    let home = Home::new().await;
    let texts = ["明日の予約", "予約は明日", "明日は休み", "call 202-555-0147 tomorrow", "order 4711 of 2026"];
    take_in(&home.store, (0..).zip(texts).map(|(n, body)| inbound(1, n, body)).collect()).await;
    for (text, expected) in [
        ("明日 予約", &["予約は明日", "明日の予約"][..]),
        ("\"明日の予約\"", &["明日の予約"]),
        ("明日 -予約", &["明日は休み"]),
        ("tomorrow 202 555 0147", &["call 202-555-0147 tomorrow"]),
        ("2026 4711", &["order 4711 of 2026"]),
        ("yesterday 202 555 0147", &[]),
    ] {
        let asked = SearchQuery { query: typed(text), limit: 50, ..SearchQuery::default() };
        let found = home.store.search(asked).await.unwrap().found;
        // a contact's number finds all that was said with them; theirs is another one
        let bodies: Vec<_> = found.iter().map(|found| found.message.body.as_str()).collect();
        assert_eq!(bodies, expected, "{text}");
    }
}

#[tokio::test]
async fn what_is_deleted_leaves_the_index() {
    let home = Home::new().await;
    take_in(&home.store, vec![inbound(1, 0, "zwei"), inbound(1, 5, "電話 303-555-0162")]).await;
    let (_, id) = home.store.enqueue(outgoing(1, 100_000, "秘密の番号は 202-555-0147 です xylographzq")).await.unwrap();
    let conn = rusqlite::Connection::open(home.store.path()).unwrap();
    let count = |statement: &str| conn.query_row(statement, [], |row| row.get::<_, i64>(0)).unwrap();
    // not only marked as deleted, to be merged some day
    let blocks = "SELECT count(*) FROM messages_text_data WHERE instr(block, CAST('xylographzq' AS BLOB))";
    assert!(count(blocks) > 0);
    home.store.discard(id).await.unwrap();
    assert_eq!(count("SELECT count(*) FROM spellings"), 1);
    let gone = "SELECT count(*) FROM messages_words WHERE term IN ('秘密', '密の', 'xylographzq', '2025550147', '5550147', '202')";
    assert_eq!(count(gone), 0);
    assert_eq!(count(blocks), 0);
    assert_eq!(count("SELECT v FROM messages_text_config WHERE k = 'secure-delete'"), 1);
    words_are_indexed(home.store.path());
}

fn text() -> impl Strategy<Value = String> {
    let latin = "[abéÉ ,\"*:()-]{0,12}";
    let runs = "[予約明日のガｶﾞab３ 、\u{3099}]{0,10}";
    let thai = "[กา่ น้๑ไ\u{200b}a ]{0,10}";
    let hangul = "[예약을\u{1112}\u{1161}\u{11ab} a]{0,8}";
    let numbers = "[12 ]{0,3}\\+?1?[ -]?\\(?2[01]{2}\\)?[- ./\u{a0}\u{2011}]?[23][01]{2}[-. ]{0,2}[01]{4}(x1| 9|, ok)?";
    let digits = "[129() .\\-a、:約\u{200e}]{0,24}";
    let others = "\\PC{0,12}";
    prop_oneof![latin, runs, thai, hangul, numbers, digits, others]
}

/// A part of a text, as people look for one.
fn part() -> impl Strategy<Value = (usize, usize, usize)> {
    (any::<usize>(), any::<usize>(), 1usize..14)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever is typed, SQLite takes it, and finds what a look at each text finds.
    #[test]
    fn the_index_agrees_with_the_texts(
        bodies in prop::collection::vec(text(), 1..12),
        others in prop::collection::vec(text(), 1..4),
        parts in prop::collection::vec(part(), 1..6),
        quoted in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let home = Home::new().await;
            let batch: Vec<_> = (0..).zip(&bodies).map(|(n, body)| inbound(1, n, body)).collect();
            let thread = home.store.intake(batch, by_id).await.unwrap().threads[0];
            let cut = |&(which, from, long): &(usize, usize, usize)| {
                let chars: Vec<char> = bodies[which % bodies.len()].chars().collect();
                chars.iter().skip(from % chars.len().max(1)).take(long).collect::<String>()
            };
            for text in others.iter().cloned().chain(parts.iter().map(cut)) {
                let text = if quoted { format!("\"{text}\"") } else { text };
                let by_texts = |query: &Query| {
                    bodies.iter().rev().filter(|body| words::has_all(&query.terms, body)).cloned().collect::<Vec<_>>()
                };
                let query = typed(&text);
                // contacts of these digits are found for another reason
                let words_alone = Query { terms: query.terms.clone(), ..Query::default() };
                if !query.terms.is_empty() {
                    let asked = SearchQuery { query: words_alone.clone(), limit: 50, ..SearchQuery::default() };
                    let found = home.store.search(asked).await.unwrap().found;
                    let found: Vec<_> = found.into_iter().map(|found| found.message.body).collect();
                    assert_eq!(found, by_texts(&words_alone), "{text:?}");
                }
                let phrase = Query::phrase(&text);
                if !phrase.terms.is_empty() {
                    let found = home.store.find_in_thread(thread, phrase.clone(), 50).await.unwrap();
                    assert_eq!(found.len(), by_texts(&phrase).len(), "{text:?}");
                }
            }
            words_are_indexed(home.store.path());
        });
    }
}

#[tokio::test]
async fn marks_and_words_are_read_row_by_row_in_the_same_way() {
    let home = Home::new().await;
    take_in(&home.store, vec![inbound(1, 0, "明日の予約"), inbound(1, 5, "call 202-555-0147")]).await;
    for (text, count) in
        [("is:unread 予約", 1), ("is:unread 2025550147", 1), ("is:unread -予約", 1), ("is:failed 予約", 0)]
    {
        let asked = SearchQuery { query: typed(text), limit: 50, ..SearchQuery::default() };
        assert_eq!(home.store.search(asked).await.unwrap().found.len(), count, "{text}");
    }
    assert!(at(0) < at(5));
}
