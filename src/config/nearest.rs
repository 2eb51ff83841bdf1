//! Which known name somebody may have meant.

/// So many are told.
const TOLD: usize = 3;
/// So many letters have to be the same where one name is only part of the other.
const PART: usize = 4;

/// “; did you mean “sync”?” for what is near to some of the known names, else nothing.
pub(super) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near: Vec<String> = nearest(name, known).into_iter().map(|name| format!("“{name}”")).collect();
    match near.split_last() {
        None => String::new(),
        Some((only, [])) => format!("; did you mean {only}?"),
        Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}

/// The known names that are a few slips of the finger away, the nearest first, then those of which it is a part.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let most = (name.chars().count() / 3).max(1);
    let rank = |other: &'a str| {
        let slips = slips(&name, other);
        let part = name.len() >= PART && (other.contains(&name) || (other.len() >= PART && name.contains(other)));
        (slips <= most || part).then_some((if slips <= most { slips } else { usize::MAX }, other))
    };
    let mut near: Vec<(usize, &str)> = known.into_iter().filter_map(rank).collect();
    // stable: among equals the table's order
    near.sort_by_key(|(rank, _)| *rank);
    near.into_iter().take(TOLD).map(|(_, name)| name).collect()
}

/// Letters that are missing, too many, wrong, or two that changed places.
fn slips(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut least = (rows[i][j] + usize::from(a != b)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("syncc", &["sync"])]
    #[case("snyc", &["sync"])]
    #[case("Sync", &["sync"])]
    #[case("harbor-night", &["harbour-night"])]
    #[case("harbour", &["harbour-night", "harbour-day"])]
    #[case("themes", &["theme"])]
    #[case("zzz", &[])]
    #[case("", &[])]
    fn names_are_found(#[case] name: &str, #[case] expected: &[&str]) {
        let known = ["harbour-night", "harbour-day", "sync", "theme", "quit"];
        assert_eq!(nearest(name, known), expected);
    }

    #[test]
    fn says_so() {
        assert_eq!(did_you_mean("x", ["sync"]), "");
        assert_eq!(did_you_mean("snyc", ["sync"]), "; did you mean “sync”?");
        assert_eq!(
            did_you_mean("nord", ["nord-a", "nord-b", "nord-c"]),
            "; did you mean “nord-a”, “nord-b” or “nord-c”?"
        );
    }
}
