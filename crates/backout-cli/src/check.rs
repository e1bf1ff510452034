//! `backout check`.

use crate::args::{Check, Color};
use crate::error::Error;
use crate::files::Files;
use crate::progress::{Counter, Progress};
use crate::{files, terminal};
use backout::Checker;
use backout::layout::{Layout, Plan, PlanProblemKind};
use backout::report::{Format, Report, human};
use backout::runner::Runner;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

/// Runs the check; true when nothing was found at or above the threshold.
pub fn run(check: &Check, color: Color) -> Result<bool, Error> {
    if check.details && !matches!(check.format(), Format::Json | Format::Html | Format::Markdown) {
        terminal::remark(&format!("--details tells nothing in the format `{}`; it goes with --format json", check.format().id()), color);
    }
    let mut progress = Progress::new(check.quiet);
    let input = input(check, color, &mut progress)?;
    let mut report = judge(input, &mut progress)?;
    // The report has the terminal for itself.
    drop(progress);
    report.root = root(check);
    write(check, color, &report)?;
    Ok(check.fail_on.threshold().is_none_or(|threshold| report.worst() < Some(threshold)))
}

fn input(check: &Check, color: Color, progress: &mut Progress) -> Result<backout::Input, Error> {
    let wanted = [&check.forward, &check.rollback, &check.schema];
    if wanted.into_iter().flatten().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Error::Other("only one of --forward, --rollback and --schema can read standard input".to_owned()));
    }
    let read = |path: &Option<PathBuf>| path.as_deref().map(files::read).transpose();
    let options = backout::Options {
        runner: check.runner.as_deref().and_then(|id| id.parse::<Runner>().ok()),
        server_version: check.server_version,
        strict: check.strict,
        assume_new: check.assume_new,
        details: (check.details || matches!(check.format(), Format::Html | Format::Markdown)).then_some(backout::Teller::ALL),
    };
    let baseline = read(&check.schema)?;
    if check.forward.is_some() || check.rollback.is_some() {
        let (forward, rollback) = (read(&check.forward)?, read(&check.rollback)?);
        return Ok(backout::Input::pair(forward, rollback, baseline, options));
    }
    let layout = check.layout.as_deref().and_then(Layout::named);
    if let [path] = check.paths.as_slice()
        && (path.as_os_str() == "-" || path.is_file())
    {
        let source = files::read(path)?;
        if backout::layout::pasted(&source.text).is_some() {
            return Ok(backout::Input::text(source, layout, baseline, options));
        }
        // A file that does not hold both directions is what its name says; standard input has no name.
        if path.as_os_str() == "-" {
            return Err(Error::Other(ONE_DIRECTION.to_owned()));
        }
    }
    // Standard input, where somebody may be typing, has been read by now.
    let files = files::gather(&check.paths, progress)?;
    progress.aside(|| files.remarks.iter().for_each(|remark| terminal::remark(remark, color)));
    let plan = backout::layout::plan(&files.sources, layout);
    if plan.migrations.is_empty() {
        return Err(nothing(check, &files, layout));
    }
    if let Some(other) = check.paths.iter().find(|path| is_left_out(path, &plan)) {
        return Err(Error::Other(format!(
            "`{}` holds a history of its own, and one call judges one history\n  run `backout check` once for each",
            other.display()
        )));
    }
    Ok(backout::Input::folder(files.sources, layout, baseline, options))
}

/// Whether somebody named a path of which nothing is judged because another history was chosen.
fn is_left_out(path: &Path, plan: &Plan) -> bool {
    let own = format!("{}/", files::slashed(path).trim_end_matches('/'));
    let within = |other: &str| own == "./" || format!("{other}/").starts_with(&own);
    let mut parts = plan.migrations.iter().flat_map(|migration| [&migration.forward, &migration.rollback]).flatten();
    let mut others = plan.problems.iter().filter(|problem| problem.kind == PlanProblemKind::LeftOut);
    others.any(|problem| within(&problem.path)) && !parts.any(|part| within(&part.path))
}

const ONE_DIRECTION: &str = "standard input does not hold both directions of a change
  put a comment such as `-- rollback` between them, or say which one it is with --forward - or --rollback -";

/// The folder that the report's paths are relative to.
fn root(check: &Check) -> String {
    match check.paths.as_slice() {
        [folder] if folder.is_dir() && folder != Path::new(".") => files::slashed(folder),
        _ => String::new(),
    }
}

/// On threads of their own, whose stacks no input has been seen to need.
fn judge(input: backout::Input, progress: &mut Progress) -> Result<Report, Error> {
    progress.begin("judging");
    let shares = shares(&input);
    let input = Arc::new(input);
    let share = move |checker: &mut Checker, input: &backout::Input, at: usize, mut counter: Counter| {
        checker.share_watched(input, at, shares, move |migration, of| counter.next(migration, of))
    };
    let other = |at: usize| {
        let (input, counter) = (input.clone(), progress.counter());
        start(move || share(&mut Checker::new(), &input, at, counter))
    };
    let others = (1..shares).map(other).collect::<Result<Vec<_>, _>>()?;
    let counter = progress.counter();
    let whole = start(move || {
        let mut checker = Checker::new();
        let mut judged = vec![share(&mut checker, &input, 0, counter)];
        for other in others {
            judged.push(finish(other)?);
        }
        Ok(checker.join(&input, judged))
    });
    finish(whole?)?
}

/// In how many shares the work is done: one for each processor, if there is enough of it.
fn shares(input: &backout::Input) -> usize {
    /// So many bytes of scripts take much longer to judge than a thread to start.
    const WORTH_A_THREAD: usize = 64 * 1024;
    /// Each later share first passes what is before it: beyond this many, most of the work would be that.
    const MOST: usize = 6;
    let text: usize = input.sources.iter().map(|source| source.text.len()).sum();
    match text / WORTH_A_THREAD {
        0 | 1 => 1,
        worth => std::thread::available_parallelism().map_or(1, usize::from).min(worth).min(MOST),
    }
}

fn start<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<JoinHandle<T>, Error> {
    const STACK: usize = 256 << 20;
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    thread.map_err(|error| Error::Other(format!("cannot start a thread: {error}")))
}

fn finish<T>(thread: JoinHandle<T>) -> Result<T, Error> {
    thread.join().map_err(|_| Error::Other("backout failed on this input, which is a defect of backout: please report it".to_owned()))
}

fn write(check: &Check, color: Color, report: &Report) -> Result<(), Error> {
    let colored = match &check.output {
        Some(_) => color == Color::Always,
        None => terminal::colored(color),
    };
    let show = check.show.map(|show| show.severity());
    let options = human::Options { color: colored, show, quiet: check.quiet, width: terminal::width() };
    let text = check.format().render(report, &options);
    match &check.output {
        Some(path) => std::fs::write(path, text).map_err(|error| Error::Write(path.clone(), error)),
        None => terminal::print(&text).map_err(|error| Error::Write(PathBuf::from("standard output"), error)),
    }
}

fn nothing(check: &Check, files: &Files, layout: Option<Layout>) -> Error {
    let folder = check.paths.first().map_or(Path::new("."), PathBuf::as_path);
    let layouts: Vec<_> = Layout::all().iter().map(|layout| layout.id).collect();
    let looked = match layout {
        Some(layout) => format!("the layout `{}`", layout.id),
        None => format!("the layouts {}", layouts.join(", ")),
    };
    let seen = match files.sources.len() {
        0 if files.programs => {
            "there is no SQL file; migrations that are programs are not run, but a tool can write their SQL, as `alembic upgrade --sql` does"
                .to_owned()
        }
        0 => "there is no SQL file".to_owned(),
        1 => format!("the one file there does not fit {looked}"),
        count => format!("none of {count} files fits {looked}"),
    };
    Error::Other(format!(
        "no migrations in `{}`: {seen}\n  give the folder that holds the migrations, choose a --layout, or give two scripts with --forward and --rollback",
        folder.display()
    ))
}
