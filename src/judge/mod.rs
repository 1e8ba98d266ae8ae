//! From judgements to verdicts, and to the ledger of what was tested.
//!
//! | what | where |
//! |---|---|
//! | the verdict of a rule on a case | [`verdict`] |
//! | how grave a finding is | [`level`] |
//! | which rule an answer belongs to | [`owner`] |
//! | what stands behind many findings at once | [`cause`] |
//! | what should be judged: rule, operation, row | [`requirement`] |
//! | what was, and why the rest was not | [`ledger`] |

pub mod cause;
mod hidden;
pub mod ledger;
pub mod level;
pub mod owner;
pub mod requirement;
pub mod verdict;

pub use cause::Cause;
pub use hidden::hidden;
pub use ledger::{Evidence, Ledger};
pub use requirement::Requirement;
pub use verdict::{Outcome, RuleVerdict, judge, not_driven};
