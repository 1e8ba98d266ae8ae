//! Records a run while it goes on.

use std::io::{self, Write};

use super::Subject;
use crate::recording::{Chosen, Writer};
use crate::run::schedule::Ran;

/// Records servers in their order, each as soon as it can be.
pub(super) struct Recorder<'w> {
    writer: io::Result<Option<Writer<'w>>>,
    taken: usize,
}

impl<'w> Recorder<'w> {
    /// A recording that begins, where one is asked for.
    pub(super) fn begin(to: Option<&'w mut (dyn Write + Send)>, run: Chosen<'_>) -> Recorder<'w> {
        let begin = |to| Writer::begin(to, run);
        Recorder { writer: to.map(begin).transpose(), taken: 0 }
    }

    /// Writes what has ended, up to the first server that has not.
    pub(super) fn take(&mut self, subjects: &[Subject], ran: &[Option<Ran>]) {
        while let Ok(Some(writer)) = &mut self.writer
            && let (Some(subject), Some(Some(ran))) = (subjects.get(self.taken), ran.get(self.taken))
        {
            self.taken += 1;
            let secrets = subject.secrets.iter().cloned();
            if let Err(why) = writer.subject(subject.about(), secrets, &subject.server.contract(), ran) {
                self.writer = Err(why);
            }
        }
    }

    /// Ends the recording; gives what kept it from being written.
    pub(super) fn finish(self, interrupted: bool) -> io::Result<()> {
        self.writer?.map_or(Ok(()), |writer| writer.finish(interrupted))
    }
}
