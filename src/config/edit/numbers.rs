//! The numbers in the document, spelled `[[numbers]]` or `numbers = [{…}]`; each stays as a person spelled it.

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, RawString, Table, TableLike, Value, value};

use crate::model::Address;

/// The list, open for changes.
pub(super) enum Numbers<'a> {
    Tables(&'a mut ArrayOfTables),
    Inline(&'a mut Array),
}

impl<'a> Numbers<'a> {
    /// The document's list; a new one where there is none.
    pub(super) fn of(document: &'a mut DocumentMut) -> Self {
        let item = document.entry("numbers").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        if !item.is_array() && !item.is_array_of_tables() {
            *item = Item::ArrayOfTables(ArrayOfTables::new());
        }
        match item {
            Item::Value(Value::Array(array)) => Self::Inline(array),
            Item::ArrayOfTables(tables) => Self::Tables(tables),
            _ => unreachable!("it was just made one of the two"),
        }
    }

    /// Where the number with that address stands.
    pub(super) fn position(&mut self, address: &Address) -> Option<usize> {
        let is_it = |table: &dyn TableLike| {
            let phone = table.get("phone").and_then(Item::as_str);
            phone.and_then(|phone| Address::parse(phone).ok()).as_ref() == Some(address)
        };
        match self {
            Self::Tables(tables) => tables.iter().position(|table| is_it(table)),
            Self::Inline(array) => {
                array.iter().position(|value| value.as_inline_table().is_some_and(|table| is_it(table)))
            }
        }
    }

    /// Changes the number that stands there.
    pub(super) fn change(&mut self, at: usize, edit: impl FnOnce(&mut dyn TableLike)) {
        match self {
            Self::Tables(tables) => {
                if let Some(table) = tables.get_mut(at) {
                    edit(table);
                }
            }
            Self::Inline(array) => {
                if let Some(table) = array.get_mut(at).and_then(Value::as_inline_table_mut) {
                    edit(table);
                    tidy(table);
                }
            }
        }
    }

    /// Changes all of them.
    pub(super) fn change_all(&mut self, edit: impl Fn(&mut dyn TableLike)) {
        let count = match self {
            Self::Tables(tables) => tables.len(),
            Self::Inline(array) => array.len(),
        };
        for at in 0..count {
            self.change(at, &edit);
        }
    }

    /// Adds a number at the end; gives back where.
    pub(super) fn push(&mut self, address: &Address) -> usize {
        match self {
            Self::Tables(tables) => {
                let mut table = Table::new();
                table["phone"] = value(address.as_str());
                tables.push(table);
                tables.len() - 1
            }
            Self::Inline(array) => {
                let mut table = InlineTable::new();
                table.insert("phone", address.as_str().into());
                tidy(&mut table);
                push_inline(array, table);
                array.len() - 1
            }
        }
    }

    /// Takes out the number that stands there.
    pub(super) fn remove(&mut self, at: usize) {
        match self {
            Self::Tables(tables) => {
                tables.remove(at);
            }
            Self::Inline(array) => remove_inline(array, at),
        }
    }
}

/// Blanks as a person would set them, unless there is a comment between them.
pub(super) fn tidy(table: &mut InlineTable) {
    let mut inside = table.clone();
    // what stands before it in the list is not its own
    inside.decor_mut().clear();
    if !inside.to_string().contains('#') {
        table.fmt();
    }
}

fn text(raw: Option<&RawString>) -> &str {
    raw.and_then(RawString::as_str).unwrap_or_default()
}

/// On a line of its own where the others are; a comment behind the last of them stays there.
fn push_inline(array: &mut Array, table: InlineTable) {
    let last = array.iter().last().map(|value| text(value.decor().prefix()).to_owned());
    let trailing = text(Some(array.trailing())).to_owned();
    let mut table = Value::from(table);
    match last {
        Some(last) if last.contains('\n') || trailing.contains('\n') => {
            let indent = last.rsplit_once('\n').map_or("  ", |(_, indent)| indent);
            table.decor_mut().set_prefix(format!("{}\n{indent}", trailing.trim_end()));
            array.set_trailing("\n");
        }
        Some(_) => table.decor_mut().set_prefix(" "),
        None => {}
    }
    array.push_formatted(table);
}

/// What stands behind a comma, up to the end of the line, speaks of the number before it, although it is kept with the one
/// after it.
fn remove_inline(array: &mut Array, at: usize) {
    let before = array.get(at).map(|value| text(value.decor().prefix()).to_owned()).unwrap_or_default();
    let Some((of_the_one_before, _)) = before.split_once('\n') else {
        array.remove(at);
        return;
    };
    let joined = |after: &str| match after.split_once('\n') {
        Some((_, rest)) => format!("{of_the_one_before}\n{rest}"),
        None => after.to_owned(),
    };
    if let Some(next) = array.get_mut(at + 1) {
        let prefix = joined(text(next.decor().prefix()));
        next.decor_mut().set_prefix(prefix);
    } else {
        let trailing = joined(text(Some(array.trailing())));
        array.set_trailing(trailing);
    }
    array.remove(at);
}
