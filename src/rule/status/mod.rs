//! The words that say how a job is doing.

use super::Rule;

pub mod changes_show;
pub mod letter_case;
pub mod state_in_enum;
pub mod surfaces_agree;
pub mod word_in_enum;
pub mod words_agree;

/// The rules of this group.
pub const RULES: &[&dyn Rule] = &[
    &state_in_enum::StateInEnum,
    &letter_case::LetterCase,
    &word_in_enum::WordInEnum,
    &words_agree::WordsAgree,
    &surfaces_agree::SurfacesAgree,
    &changes_show::ChangesShow,
];
