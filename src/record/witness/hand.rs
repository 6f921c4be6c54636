//! Short messages between the recorder, its supervisors and the programs under watch, over unix sockets (unix(7)). In and
//! out: a few bytes, with at most one descriptor. Never waits longer than it is told.

use rustix::fs::Timespec;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// Sends a message; the receiver gets a duplicate of the descriptor.
///
/// # Errors
/// When the other end is gone or full.
pub fn send(to: BorrowedFd<'_>, bytes: &[u8], with: Option<BorrowedFd<'_>>) -> io::Result<()> {
    let mut room = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = SendAncillaryBuffer::new(&mut room);
    let descriptors: Vec<BorrowedFd<'_>> = with.into_iter().collect();
    if !descriptors.is_empty() && !beside.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    sendmsg(to, &[IoSlice::new(bytes)], &mut beside, flags)?;
    Ok(())
}

/// Receives a message: how many bytes it has, 0 when the other end is gone, and its descriptor, closed on exec.
///
/// # Errors
/// When nothing comes in time, or the socket fails.
pub fn receive(
    from: BorrowedFd<'_>,
    bytes: &mut [u8],
    wait: Duration,
) -> io::Result<(usize, Option<OwnedFd>)> {
    if !readable(from, wait)? {
        return Err(io::ErrorKind::TimedOut.into());
    }
    let mut room = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = RecvAncillaryBuffer::new(&mut room);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let got = recvmsg(from, &mut [IoSliceMut::new(bytes)], &mut beside, flags)?;
    let mut descriptors = beside.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(all) => Some(all),
        _ => None,
    });
    let descriptor = descriptors.next().and_then(|mut all| all.next());
    Ok((got.bytes, descriptor))
}

/// Whether something can be read before the time is over.
///
/// # Errors
/// From the kernel.
pub fn readable(from: BorrowedFd<'_>, wait: Duration) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, poll};
    let wait = Timespec::try_from(wait).map_err(|_| io::ErrorKind::InvalidInput)?;
    match poll(&mut [PollFd::from_borrowed_fd(from, PollFlags::IN)], Some(&wait)) {
        Ok(count) => Ok(count > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

/// Whether the other end of a connection runs as the same user as we: nobody else is handed a listener, or believed.
pub fn is_ours(peer: impl AsFd) -> bool {
    rustix::net::sockopt::socket_peercred(peer).is_ok_and(|c| c.uid == rustix::process::geteuid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    #[test]
    fn a_descriptor_goes_over_and_an_end_is_told() {
        let (one, two) = UnixStream::pair().unwrap();
        let (mut near, mut far) = UnixStream::pair().unwrap();
        send(one.as_fd(), b"x", Some(far.as_fd())).unwrap();
        let mut room = [0; 8];
        let (count, got) = receive(two.as_fd(), &mut room, Duration::from_secs(5)).unwrap();
        assert_eq!((count, room[0]), (1, b'x'));
        far.write_all(b"a").unwrap();
        UnixStream::from(got.unwrap()).write_all(b"b").unwrap();
        let mut both = [0; 2];
        near.read_exact(&mut both).unwrap();
        assert_eq!(&both, b"ab");
        assert!(is_ours(&one));
        assert!(receive(two.as_fd(), &mut room, Duration::ZERO).is_err());
        drop(one);
        assert_eq!(receive(two.as_fd(), &mut room, Duration::from_secs(5)).unwrap().0, 0);
        assert!(send(two.as_fd(), b"x", None).is_err());
    }
}
