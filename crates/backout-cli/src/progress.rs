//! How far the work has come, on a terminal and only when it takes long.
//!
//! It goes to standard error, and it is gone before anything else is written.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

/// Work that is done sooner shows nothing.
const DELAY: Duration = Duration::from_secs(1);

/// How often the line is drawn anew, though nothing was counted: the seconds go on.
const REDRAWN: Duration = Duration::from_millis(100);

/// The same, as the most times in a second.
const AT_MOST: u8 = 10;

/// One line on a terminal, for as long as this lives.
#[derive(Debug)]
pub struct Progress {
    /// What is counted; hidden until the work has taken long.
    bar: ProgressBar,
    target: Option<ProgressDrawTarget>,
    delay: Duration,
    timer: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// On standard error, unless nobody looks at it there.
    pub fn new(quiet: bool) -> Self {
        // Pipes, files and terminals that cannot take a line back have a target that is hidden.
        let target = ProgressDrawTarget::stderr_with_hz(AT_MOST);
        let wanted = !quiet && !target.is_hidden() && std::env::var_os("CI").is_none();
        Self::on(wanted.then_some(target), DELAY)
    }

    fn on(target: Option<ProgressDrawTarget>, delay: Duration) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Self { bar, target, delay, timer: None }
    }

    /// Begins a kind of work of which it is not known yet how much there is. The time counts from the first.
    pub fn begin(&mut self, work: &'static str) {
        self.bar.set_style(style("{prefix} {elapsed} {wide_msg}"));
        self.bar.unset_length();
        self.bar.set_position(0);
        self.bar.set_message("");
        self.bar.set_prefix(work);
        if let Some(target) = self.target.take() {
            let (bar, delay) = (self.bar.clone(), self.delay);
            bar.reset_elapsed();
            let (end, ended) = mpsc::channel();
            let timer = std::thread::Builder::new().spawn(move || draw(&bar, target, delay, &ended));
            // Work goes on where no thread can be had for telling of it.
            self.timer = timer.ok().map(|timer| (end, timer));
        }
    }

    /// Who counts on a thread.
    pub fn counter(&self) -> Counter {
        Counter { bar: self.bar.clone(), busy: false }
    }

    /// Does what writes to standard error, with the line out of the way.
    pub fn aside(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, timer)) = self.timer.take() {
            drop(end);
            // A thread that has failed draws nothing any more.
            let _ = timer.join();
        }
    }
}

/// Draws the line once the delay is over, and clears it when the work has ended.
fn draw(bar: &ProgressBar, target: ProgressDrawTarget, delay: Duration, ended: &Receiver<()>) {
    let (mut target, mut wait) = (Some(target), delay);
    while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        if let Some(target) = target.take() {
            bar.set_draw_target(target);
        }
        // Drawn from here, since a single piece of work can take a minute.
        bar.tick();
        wait = REDRAWN;
    }
    bar.finish_and_clear();
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ")
}

/// Counts pieces of work, one after the other.
#[derive(Debug)]
pub struct Counter {
    bar: ProgressBar,
    /// A piece has begun.
    busy: bool,
}

impl Counter {
    /// A piece begins, which is one of so many and ends what was before it.
    pub fn next(&mut self, name: &str, of: usize) {
        self.end();
        self.busy = true;
        let of = of as u64;
        // A single piece is not worth a bar.
        if of > 1 && self.bar.length() != Some(of) {
            self.bar.set_style(style("{prefix} [{bar:20}] {pos}/{len} {elapsed} {wide_msg}"));
            self.bar.set_length(of);
        }
        // A name of a file can hold anything, also what a terminal obeys.
        self.bar.set_message(name.replace(char::is_control, "?"));
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.busy) {
            self.bar.inc(1);
        }
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::{InMemoryTerm, TermLike};
    use std::time::Instant;

    fn on(terminal: &InMemoryTerm, delay: Duration) -> Progress {
        Progress::on(Some(ProgressDrawTarget::term_like(Box::new(terminal.clone()))), delay)
    }

    /// Waits until the terminal shows this; the seconds are left out.
    fn shows(terminal: &InMemoryTerm, expected: &str) {
        const PATIENCE: Duration = Duration::from_secs(20);
        let start = Instant::now();
        loop {
            let words: Vec<_> = terminal.contents().split(' ').map(str::to_owned).collect();
            let seconds = |word: &&String| word.strip_suffix('s').is_some_and(|number| number.parse::<u32>().is_ok());
            let shown = words.iter().filter(|word| !seconds(word)).cloned().collect::<Vec<_>>().join(" ");
            if shown == expected {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "the terminal never shows\n  {expected}\nbut\n  {shown}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn it_counts_what_is_done_and_names_what_is_at_hand() {
        let terminal = InMemoryTerm::new(5, 70);
        let mut progress = on(&terminal, Duration::ZERO);
        progress.begin("reading");
        shows(&terminal, "reading");
        let mut counter = progress.counter();
        counter.next("1_a.up.sql", 2);
        shows(&terminal, "reading [                    ] 0/2 1_a.up.sql");
        counter.next("1_a.down.sql", 2);
        shows(&terminal, "reading [==========>         ] 1/2 1_a.down.sql");
        drop(counter);
        shows(&terminal, "reading [====================] 2/2 1_a.down.sql");
        progress.begin("judging");
        shows(&terminal, "judging");
        // Two threads at once: the name is of the last that began.
        let (mut one, mut other) = (progress.counter(), progress.counter());
        one.next("1_a", 4);
        other.next("3_c", 4);
        shows(&terminal, "judging [                    ] 0/4 3_c");
        one.next("2_b", 4);
        shows(&terminal, "judging [=====>              ] 1/4 2_b");
        drop((one, other));
        shows(&terminal, "judging [===============>    ] 3/4 2_b");
        drop(progress);
        assert_eq!(terminal.contents(), "");
    }

    #[test]
    fn a_single_piece_has_a_name_and_no_bar() {
        let terminal = InMemoryTerm::new(5, 40);
        let mut progress = on(&terminal, Duration::ZERO);
        progress.begin("judging");
        progress.counter().next("change", 1);
        shows(&terminal, "judging change");
    }

    #[test]
    fn a_name_stays_on_its_line_and_commands_nothing() {
        let terminal = InMemoryTerm::new(5, 60);
        let mut progress = on(&terminal, Duration::ZERO);
        progress.begin("reading");
        progress.counter().next("a\n\u{1b}[2Jb", 1);
        shows(&terminal, "reading a??[2Jb");
        progress.counter().next(&"long/".repeat(50), 1);
        shows(&terminal, &format!("reading {}", &"long/".repeat(50)[..60 - "reading 0s ".len()]));
    }

    #[test]
    fn remarks_stand_where_the_line_was() {
        let terminal = InMemoryTerm::new(5, 40);
        let mut progress = on(&terminal, Duration::ZERO);
        progress.begin("reading");
        shows(&terminal, "reading");
        progress.aside(|| terminal.write_line("warning: odd").expect("a terminal in memory takes all"));
        shows(&terminal, "warning: odd\nreading");
        drop(progress);
        assert_eq!(terminal.contents(), "warning: odd");
    }

    #[test]
    fn nothing_is_drawn_before_the_delay_and_nobody_waits_for_it() {
        let terminal = InMemoryTerm::new(5, 40);
        let mut progress = on(&terminal, Duration::from_secs(3600));
        progress.begin("reading");
        progress.counter().next("1_a.up.sql", 2);
        progress.begin("judging");
        progress.counter().next("1_a", 2);
        progress.aside(|| ());
        drop(progress);
        assert_eq!(terminal.moves_since_last_check(), "");
    }
}
