package yubin.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Closes secrets that must be read again, such as the password at a smart host, with a key that
/// lies outside the rows.
///
/// The key is the 32 octets of `keys/seal` in the data folder, mode 0600, made at the first start.
/// A copy of the rows alone (a snapshot of the store, a damaged disk in other hands) then tells no
/// password; who can read the whole data folder as its owner can read them.
///
/// ```
/// sealed   12 octets nonce | AES-256-GCM of the text, with its tag of 16 octets
/// ```
///
/// What the text belongs to (its row's key) is authenticated with it, so that a sealed text cannot
/// be moved to another row.
final class Seal {
    private static final int KEY_OCTETS = 32;
    private static final int NONCE_OCTETS = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;

    /// @param key 32 octets
    Seal(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    /// Reads the key of this data folder, made if there is none.
    static Seal in(Path folder) throws IOException {
        Path file = folder.resolve("keys").resolve("seal");
        byte[] key;
        try {
            key = Files.readAllBytes(file);
        } catch (NoSuchFileException absent) {
            key = make(file);
        }
        if (key.length != KEY_OCTETS) {
            throw new IOException(file + " is no key: it has " + key.length + " octets, not 32");
        }
        return new Seal(key);
    }

    private static byte[] make(Path file) throws IOException {
        Path folder = file.getParent();
        Path fresh = folder.resolve("seal.new");
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        Files.createDirectories(folder, posix ? mode("rwx------") : new FileAttribute<?>[0]);
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, posix ? mode("rw-------") : new FileAttribute<?>[0]);
        byte[] key = Passwords.random(KEY_OCTETS);
        try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(key));
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        // The name must be as safe as what will be sealed with it.
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
        return key;
    }

    private static FileAttribute<?>[] mode(String permissions) {
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        };
    }

    byte[] close(String text, byte[] owner) {
        byte[] nonce = Passwords.random(NONCE_OCTETS);
        try {
            byte[] closed =
                    cipher(Cipher.ENCRYPT_MODE, nonce, owner)
                            .doFinal(text.getBytes(StandardCharsets.UTF_8));
            byte[] sealed = Arrays.copyOf(nonce, NONCE_OCTETS + closed.length);
            System.arraycopy(closed, 0, sealed, NONCE_OCTETS, closed.length);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has AES-GCM
        }
    }

    /// The text, or null when it was closed with another key, for another owner, or is damaged.
    String open(byte[] sealed, byte[] owner) {
        if (sealed.length < NONCE_OCTETS) return null;
        try {
            byte[] nonce = Arrays.copyOf(sealed, NONCE_OCTETS);
            byte[] text =
                    cipher(Cipher.DECRYPT_MODE, nonce, owner)
                            .doFinal(sealed, NONCE_OCTETS, sealed.length - NONCE_OCTETS);
            return new String(text, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] owner) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(owner);
        return cipher;
    }
}
