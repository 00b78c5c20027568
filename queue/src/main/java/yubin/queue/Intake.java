package yubin.queue;

import yubin.mail.QueueId;

/// The counter: the one place where letters are handed in, by SMTP, later by JMAP and the desk.
public final class Intake {
    Intake() {}

    /// The number for a letter that is about to come in. Never given twice, grows with time.
    public QueueId nextId() {
        throw new UnsupportedOperationException();
    }

    /// Takes a letter: copies for people here go into their boxes, the rest onto the shelf, with
    /// the first steps of its journey, in one commit. Total: trouble of the disk becomes a 4yz
    /// reply.
    ///
    /// When this returns [Submitted.Accepted], the letter survives a power cut (RFC 5321 §6.1).
    public Submitted submit(Letter letter) {
        throw new UnsupportedOperationException();
    }
}
