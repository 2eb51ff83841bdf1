//! Whose records are asked for: our numbers, other parties, staff (`mightycall-api.md`, section 7).

use super::people::agent_id;
use super::query::list;
use super::refusal::{self, Refusal};
use crate::emulator::ask::Params;
use crate::emulator::auth::Access;
use crate::emulator::dialect::{BusinessNumberForm, Dialect, NumberList, Unfiltered};
use crate::emulator::world::World;

/// The places of our numbers that are asked for.
pub(super) fn numbers(
    dialect: &Dialect,
    world: &World,
    access: &Access,
    params: &Params,
) -> Result<Option<Vec<usize>>, Refusal> {
    let wanted = list(params, "businessNumber");
    if wanted.is_empty() {
        return match (access.number, dialect.unfiltered) {
            (Some(number), _) => Ok(Some(vec![number])),
            (None, Unfiltered::All) => Ok(None),
            (None, Unfiltered::First) => Ok(Some(vec![0])),
            (None, Unfiltered::Refused(status)) => {
                Err(refusal::coded(status, "InvalidParameters", "The businessNumber parameter is required."))
            }
        };
    }
    match dialect.business_number_list {
        NumberList::Refused if wanted.len() > 1 => {
            return Err(refusal::invalid("The businessNumber parameter takes one number."));
        }
        NumberList::Unknown if wanted.len() > 1 => return Ok(Some(Vec::new())),
        NumberList::Ignored => return Ok(None),
        _ => {}
    }
    // a plus that was not encoded has become a blank, and counts as one
    let given = params.get("businessNumber").unwrap_or_default();
    let digits_only = |text: &str| text.len() > 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    if dialect.business_number == BusinessNumberForm::DigitsOnly && !given.split(',').all(digits_only) {
        let why = "The businessNumber parameter must be digits with the country code and without a plus.";
        return Err(refusal::invalid(why));
    }
    let place = |text: &str| world.number_at(text).filter(|&number| access.sees(number));
    Ok(Some(wanted.into_iter().filter_map(place).collect()))
}

/// The places of other parties that are asked for: E.164 with the plus, short codes and names as they are.
pub(super) fn people(world: &World, params: &Params) -> Result<Option<Vec<usize>>, Refusal> {
    let wanted = list(params, "phone");
    if wanted.is_empty() {
        return Ok(None);
    }
    // a plus that was not encoded is a blank, which is gone by here
    let without_plus = |text: &&str| text.len() > 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if wanted.iter().any(without_plus) {
        return Err(refusal::invalid("The phone parameter must begin with a plus, which is sent as %2B."));
    }
    Ok(Some(wanted.into_iter().filter_map(|text| world.person_at(text)).collect()))
}

/// The places of staff who are asked for, by the ids that the team has.
pub(super) fn users(world: &World, params: &Params) -> Option<Vec<usize>> {
    let wanted = list(params, "userId");
    if wanted.is_empty() {
        return None;
    }
    let place = |id: &str| (0..world.agents.len()).find(|&place| agent_id(world, place).eq_ignore_ascii_case(id));
    Some(wanted.into_iter().filter_map(place).collect())
}
