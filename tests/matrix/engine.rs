//! Each cell with the engine in this process.

use std::fmt::Debug;
use std::time::Duration;

use mctui::api::Timings;
use mctui::store::Store;
use rstest::rstest;
use tokio::task::JoinSet;

use crate::common::stage::{NO_CONNECTION, PATIENT, Stage, drain, queue, rows, state, sync};
use crate::common::wire::{Act, Script};
use crate::places::{Kept, Place, SelfSigned, nameless, refused, silent};
use crate::table::{self, Cell, Table};

/// Five megabytes, which no system keeps in buffers: so the rest of it is still to be written when it breaks.
const LARGE: usize = 460_000;

/// What a cell found other than it must be.
type Wrong = Vec<String>;

fn must<T: PartialEq + Debug + Copy>(wrong: &mut Wrong, what: &str, is: T, must_be: T) {
    if is != must_be {
        wrong.push(format!("{what} is {is:?} and must be {must_be:?}"));
    }
}

#[rstest]
#[case::refused(&table::REFUSED)]
#[case::silent(&table::SILENT)]
#[case::nameless(&table::NAMELESS)]
#[case::tls_accepted(&table::TLS_ACCEPTED)]
#[case::tls_hello(&table::TLS_HELLO)]
#[case::self_signed(&table::SELF_SIGNED)]
#[case::token_accepted(&table::TOKEN_ACCEPTED)]
#[case::token_asked(&table::TOKEN_ASKED)]
#[case::token_answer(&table::TOKEN_ANSWER)]
#[case::accepted(&table::ACCEPTED)]
#[case::head(&table::HEAD)]
#[case::part_of_body(&table::PART_OF_BODY)]
#[case::asked(&table::ASKED)]
#[case::status_line(&table::STATUS_LINE)]
#[case::half_head(&table::HALF_HEAD)]
#[case::half_answer(&table::HALF_ANSWER)]
#[case::half_chunks(&table::HALF_CHUNKS)]
#[case::answered(&table::ANSWERED)]
#[case::yes(&table::YES)]
#[case::maybe(&table::MAYBE)]
#[case::no(&table::NO)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cell(#[case] table: &'static Table) {
    let mut running = JoinSet::new();
    for (at, &cell) in table.cells.iter().enumerate() {
        running.spawn(async move { (at, play(table, cell).await) });
    }
    let mut wrong = running.join_all().await;
    wrong.sort();
    wrong.retain(|(_, wrong)| !wrong.is_empty());
    println!("{}: {} cells, {} wrong", table.name, table.cells.len(), wrong.len());
    let told: Vec<_> = wrong.iter().map(|(at, wrong)| format!("{:?}: {wrong:#?}", table.cells[*at])).collect();
    assert!(told.is_empty(), "{}:\n{}", table.name, told.join("\n"));
}

/// Plays a cell. On a busy machine a short time limit may end before the client comes to the moment of the table: then
/// the cell is played again, with a longer one.
async fn play(table: &'static Table, cell: Cell) -> Wrong {
    // much has to be written before nobody answers
    let limits: &[u64] = if table.large { &[4_000, 60_000] } else { &[500, 5_000, 60_000] };
    for &limit in limits {
        if let Some(wrong) = play_within(table, cell, Duration::from_millis(limit)).await {
            return wrong;
        }
    }
    vec!["the moment of the table was never reached".to_owned()]
}

/// None: the time limit of the request ended before the table's moment.
async fn play_within(table: &'static Table, cell: Cell, limit: Duration) -> Option<Wrong> {
    let mut wrong = Wrong::new();
    let stage = Stage::new(table.target).await;
    let (base, kept) = place(table.place, &stage).await;
    let endless = matches!(cell.act, Act::Hold | Act::Drip | Act::EndlessHead);
    let timings = match table.place {
        _ if !endless => PATIENT,
        Place::Wire => Timings { request: limit, ..PATIENT },
        _ => NO_CONNECTION,
    };
    let broken = stage.context(&base, timings).await;
    let text = if table.large { "Good news. ".repeat(LARGE) } else { "Your table is ready at 7.".to_owned() };
    let id = queue(&broken, 50, &text).await;
    stage.wire.arm(Script { target: table.target, moment: table.moment, act: cell.act, worked: cell.worked });

    drain(&broken).await;
    if matches!(table.place, Place::Wire | Place::WireOverTls) {
        if endless && stage.wire.times_reached() == 0 {
            return None;
        }
        stage.wire.reached(0).await;
    }
    must(&mut wrong, "the state then", state(&broken.store, id).await, cell.then);
    let (arrived, took) = stage.posts(&text);
    let expected = if cell.then == "queued" && cell.at_last == "sent" { 0 } else { cell.arrive };
    must(&mut wrong, "what arrived then", arrived, expected);
    must(&mut wrong, "what the account took then", took, usize::from(cell.worked));
    if let Kept::Tls(server) = &kept {
        must(&mut wrong, "what the stranger heard", server.heard(), 0);
    }

    stage.wire.disarm();
    // making a client takes its time: where this one can go on, it does
    let healed = if endless || base != stage.wire.base_url() { stage.healed().await } else { broken };
    sync(&healed).await;
    must(&mut wrong, "the state after a sync", state(&healed.store, id).await, cell.synced);

    again(&healed.store, &healed).await;
    must(&mut wrong, "the state at last", state(&healed.store, id).await, cell.at_last);
    let (arrived, took) = stage.posts(&text);
    must(&mut wrong, "what arrived at last", arrived, cell.arrive);
    must(&mut wrong, "what the account has at last", took, usize::from(cell.at_last == "sent"));
    must(&mut wrong, "rows", rows(&healed.store).await, 1);
    drop(kept);
    Some(wrong)
}

/// All that the program does by itself, several times over.
async fn again(store: &Store, context: &mctui::sync::Context) {
    for _ in 0..3 {
        store.hurry().await.unwrap();
        drain(context).await;
        sync(context).await;
    }
}

async fn place(place: Place, stage: &Stage) -> (String, Kept) {
    match place {
        Place::Wire => (stage.wire.base_url(), Kept::Nothing),
        Place::WireOverTls => (stage.wire.tls_url(), Kept::Nothing),
        Place::Refused => refused(),
        Place::Silent => silent().await,
        Place::Nameless => nameless(),
        Place::SelfSigned => {
            let server = SelfSigned::start();
            (server.base_url(), Kept::Tls(server))
        }
    }
}

#[test]
fn the_whole_matrix() {
    let cells: usize = table::ALL.iter().map(|table| table.cells.len()).sum();
    let doubtful = |table: &&&Table| table.cells.iter().any(|cell| cell.then == "unconfirmed");
    let moments = table::ALL.iter().filter(doubtful).count();
    println!("the matrix: {cells} cells in {} moments, {moments} of them with doubt", table::ALL.len());
    assert!(cells > 120, "{cells}");
    for cell in table::ALL.iter().flat_map(|table| table.cells) {
        // never sent without proof, and never lost what is not sent
        assert!(cell.then != "sent" || cell.worked, "{cell:?}");
        assert!(cell.synced != "sent" || cell.worked, "{cell:?}");
        assert!(cell.then != "failed" || !cell.worked, "{cell:?}");
    }
}
