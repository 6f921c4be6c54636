//! `trackle submit`: sends the sessions that wait on this host. Works when there is something to send and is quiet when not,
//! so that a timer may call it as often as it likes.

use super::post::{Post, Sent};
use super::{Failed, exit};
use crate::record::queue::Queued;
use crate::show::look::count;
use crate::show::{queue, screen};
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle submit`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Put it into a timer where the network comes and goes, such as this line of a crontab:\n  \
                        */10 * * * * trackle submit"
)]
pub struct Args {
    /// Send nothing: show what waits, and what was sent lately.
    #[arg(long)]
    pub status: bool,
    /// For programs: one array with an object for each session.
    #[arg(long, requires = "status")]
    pub json: bool,
    /// Send this session once more, which the robot never got.
    #[arg(long, value_name = "SESSION", conflicts_with = "status")]
    pub again: Option<String>,
}

/// Sends.
///
/// # Errors
/// When nobody has said where sessions go, or one was not taken: it waits for the next time (exit code 75).
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let post = Post::needed(config)?;
    if args.status {
        return status(&post, args.json);
    }
    if let Some(session) = &args.again
        && !post.queue().again(session)?
    {
        let text = format!("no session {session:?} was sent from here lately: see `trackle submit --status`");
        return Err(Failed { text, code: exit::FAILED });
    }
    let Sent { sent, waiting, trouble } = post.send()?;
    if sent > 0 {
        screen::print(&format!("{} sent to {}\n", count(sent, "session"), post.goal()))?;
    }
    match trouble {
        None => Ok(ExitCode::SUCCESS),
        Some(why) => {
            let wait = if waiting == 1 { "waits" } else { "wait" };
            let text = format!("{} {wait}: {why}", count(waiting, "session"));
            Err(Failed { text, code: exit::LATER })
        }
    }
}

fn status(post: &Post, json: bool) -> Result<ExitCode, Failed> {
    let (waiting, sent) = (post.queue().waiting()?, post.queue().sent()?);
    let waiting: Vec<queue::Line<'_>> = waiting.iter().map(line).collect();
    let sent: Vec<queue::Line<'_>> = sent.iter().map(line).collect();
    if json {
        screen::print_json(&queue::json(&waiting, &sent))?;
    } else if waiting.is_empty() && sent.is_empty() {
        screen::print("no session waits, and none was sent lately\n")?;
    } else {
        screen::print(&queue::page(&waiting, &sent, &screen::look()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn line(queued: &Queued) -> queue::Line<'_> {
    let Queued { sequence, session, size, since, trouble, .. } = queued;
    queue::Line { sequence: *sequence, session, size: *size, since: *since, trouble: trouble.as_deref() }
}
