package yubin.directory;

/// The mechanisms themselves.
final class SaslExchange extends Sasl {
    @Override
    public Step respond(byte[] response) {
        throw new UnsupportedOperationException();
    }
}
