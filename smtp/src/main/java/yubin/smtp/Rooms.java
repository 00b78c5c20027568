package yubin.smtp;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import yubin.directory.Directory;
import yubin.directory.Found;
import yubin.directory.Login;
import yubin.directory.Sasl;
import yubin.directory.Visitor;
import yubin.mail.Address;
import yubin.mail.QueueId;
import yubin.queue.Intake;
import yubin.queue.Letter;
import yubin.queue.Submitted;
import yubin.store.Store;
import yubin.store.Upload;

/// What the door asks of the other rooms. Tests script it; [Real] is the house itself.
interface Rooms {
    Found find(Address address);

    Found findPostmaster();

    /// What is left in a box, in octets.
    long roomOf(Found.Target target) throws IOException;

    boolean mayWriteAs(Login login, Address address) throws IOException;

    List<String> mechanisms(Visitor visitor, boolean plaintext);

    Optional<Sasl> sasl(String mechanism, Visitor visitor);

    Directory.Registration register(Login login, Runnable end);

    /// False under the disk's low-water mark: new letters must wait outside.
    boolean hasRoom();

    QueueId nextId() throws IOException;

    Upload upload(int tenant);

    Submitted submit(Letter letter);

    /// The rooms of the running post office.
    record Real(Store store, Directory directory, Intake intake) implements Rooms {
        @Override
        public Found find(Address address) {
            return directory.find(address);
        }

        @Override
        public Found findPostmaster() {
            return directory.findPostmaster();
        }

        @Override
        public long roomOf(Found.Target target) throws IOException {
            if (target.quotaOctets() == Long.MAX_VALUE) return Long.MAX_VALUE;
            return target.quotaOctets() - store.boxes(target.account()).usage().octets();
        }

        @Override
        public boolean mayWriteAs(Login login, Address address) throws IOException {
            return directory.mayWriteAs(login, address);
        }

        @Override
        public List<String> mechanisms(Visitor visitor, boolean plaintext) {
            return Sasl.mechanisms(visitor, plaintext);
        }

        @Override
        public Optional<Sasl> sasl(String mechanism, Visitor visitor) {
            return directory.sasl(mechanism, visitor);
        }

        @Override
        public Directory.Registration register(Login login, Runnable end) {
            return directory.register(login, end);
        }

        @Override
        public boolean hasRoom() {
            return store.room() > 0;
        }

        @Override
        public QueueId nextId() throws IOException {
            return intake.nextId();
        }

        @Override
        public Upload upload(int tenant) {
            return store.blobs().upload(tenant);
        }

        @Override
        public Submitted submit(Letter letter) {
            return intake.submit(letter);
        }
    }
}
