//! Progress on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::prove;
use crate::rule::Level;
use crate::run::schedule::Event;

/// Shows events until there are no more. Draws only for a person.
pub(super) async fn show(mut events: UnboundedReceiver<Event>, is_watched: bool) {
    let bar = bar("{bar:30} {pos}/{len} cases, {elapsed}, {msg}", is_watched);
    let (mut cases, mut failing) = (0, 0);
    while let Some(event) = events.recv().await {
        match event {
            Event::Planned(_, number) => {
                cases += number;
                bar.set_length(cases as u64);
            }
            Event::Started(case) => bar.set_message(message(failing, &case)),
            Event::Finished(case, level) => {
                failing += usize::from(level == Some(Level::Fail));
                bar.inc(1);
                bar.set_message(message(failing, &case));
            }
        }
    }
    bar.finish_and_clear();
}

fn message(failing: usize, case: &str) -> String {
    if failing == 0 { case.to_owned() } else { format!("{failing} failing, {case}") }
}

/// Shows the events of a proof until there are no more. Draws only for a person.
pub(super) async fn show_proof(mut events: UnboundedReceiver<prove::Event>, is_watched: bool) {
    let bar = bar("{bar:30} {pos}/{len} mocks, {elapsed}, {msg}", is_watched);
    let mut wrong = 0;
    while let Some(event) = events.recv().await {
        match event {
            prove::Event::Planned(number) => bar.set_length(number as u64),
            prove::Event::Tried(vendor, id, is_right) => {
                wrong += usize::from(!is_right);
                bar.inc(1);
                let shown = format!("{vendor} {id}");
                bar.set_message(if wrong == 0 { shown } else { format!("{wrong} wrong, {shown}") });
            }
        }
    }
    bar.finish_and_clear();
}

fn bar(template: &str, is_watched: bool) -> ProgressBar {
    let target = if is_watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
