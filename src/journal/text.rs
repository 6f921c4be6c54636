//! One event as one line of text: priority or time and level, whose it is unless it is ours, the message, further
//! fields. Nothing in an event can end the line or colour it.

use super::{Look, visible};
use std::fmt::{self, Debug, Write};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Writes events as lines.
pub(super) struct Line(pub Look);

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'l> LookupSpan<'l>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut to: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let (level, mut words) = (*event.metadata().level(), Words::default());
        event.record(&mut words);
        match self.0 {
            Look::Journal => write!(to, "<{}>", priority(level))?,
            Look::Plain => {
                SystemTime.format_time(&mut to)?;
                write!(to, " {level:>5} ")?;
            }
            Look::Coloured => {
                to.write_str("\u{1b}[2m")?;
                SystemTime.format_time(&mut to)?;
                write!(to, "\u{1b}[0m \u{1b}[{}m{level:>5}\u{1b}[0m ", colour(level))?;
            }
        }
        let whose = words.log_target.as_deref().unwrap_or(event.metadata().target());
        if whose != "trackle" {
            write!(to, "{whose}: ")?;
        }
        for c in words.message.chars().chain(words.rest.chars()) {
            to.write_char(visible(c))?;
        }
        to.write_char('\n')
    }
}

/// The priority that `sd-daemon(3)` and `syslog(3)` know.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}

/// Red, yellow, green, blue.
fn colour(level: Level) -> u8 {
    match level {
        Level::ERROR => 31,
        Level::WARN => 33,
        Level::INFO => 32,
        _ => 34,
    }
}

/// The fields of an event.
#[derive(Default)]
struct Words {
    message: String,
    /// ` name=value` for each further field but `entry`, which repeats the message for machines.
    rest: String,
    /// Whose event it is, when it came by way of the `log` crate.
    log_target: Option<String>,
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "log.target" => self.log_target = Some(value.to_owned()),
            _ => self.record_debug(field, &format_args!("{value}")),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = match field.name() {
            "message" => &mut self.message,
            "entry" => return,
            name if name.starts_with("log.") => return,
            name => {
                self.rest.push(' ');
                self.rest.push_str(name);
                self.rest.push('=');
                &mut self.rest
            }
        };
        // writing to a String cannot fail
        let _ = write!(text, "{value:?}");
    }
}
