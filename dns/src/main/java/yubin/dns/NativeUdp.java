package yubin.dns;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Locale;

/// Many packets by one system call: `recvmmsg` and `sendmmsg` of Linux, through the foreign-
/// function API. 64-bit Linux only; elsewhere [UdpLoop.Nio] does the work.
///
/// One slab holds up to [#BATCH] packets in and out, with the structures that the kernel reads and
/// fills. Who a packet is from stays in the kernel's form; it becomes an object only for a client
/// not seen lately. So a packet that is answered from a table allocates nothing.
///
/// | structure | octets |
/// | --- | --- |
/// | sockaddr_in | family 2, port 2, address 4, zero 8 |
/// | sockaddr_in6 | family 2, port 2, flow 4, address 16, scope 4 |
/// | iovec | base 8, length 8 |
/// | msghdr | name 8, name length 4 (+4), iovec 8, count 8, control 8, length 8, flags 4 (+4) |
/// | mmsghdr | msghdr 56, octets 4 (+4) |
final class NativeUdp implements UdpLoop {
    private static final int BATCH = 64;

    /// Queries are short; a longer packet is cut and so malformed.
    private static final int IN_OCTETS = 4096;

    private static final int OUT_OCTETS = 4096;
    private static final int NAME_OCTETS = 32;
    private static final int HEADER_OCTETS = 64;
    private static final int IOVEC_OCTETS = 16;

    private static final int AF_INET = 2, AF_INET6 = 10;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SOL_SOCKET = 1, SO_REUSEPORT = 15, SO_RCVBUF = 8;
    private static final int MSG_WAITFORONE = 0x10000;

    /// Clients remembered by each thread.
    private static final int CLIENTS = 1024;

    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final java.lang.foreign.AddressLayout ADDRESS = ValueLayout.ADDRESS;

    private static final MethodHandle SOCKET, SETSOCKOPT, BIND, RECVMMSG, SENDMMSG;
    private static final MethodHandle SENDTO, CLOSE;

    static {
        MethodHandle[] handles = new MethodHandle[8];
        if (isLinux()) {
            try {
                handles[0] = call("socket", FunctionDescriptor.of(INT, INT, INT, INT));
                handles[1] =
                        call("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, ADDRESS, INT));
                handles[2] = call("bind", FunctionDescriptor.of(INT, INT, ADDRESS, INT));
                handles[4] =
                        call(
                                "recvmmsg",
                                FunctionDescriptor.of(INT, INT, ADDRESS, INT, INT, ADDRESS));
                handles[5] = call("sendmmsg", FunctionDescriptor.of(INT, INT, ADDRESS, INT, INT));
                handles[6] =
                        call(
                                "sendto",
                                FunctionDescriptor.of(LONG, INT, ADDRESS, LONG, INT, ADDRESS, INT));
                handles[7] = call("close", FunctionDescriptor.of(INT, INT));
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.INFO, "no native UDP here: {0}", e.getMessage());
                handles = new MethodHandle[8];
            }
        }
        SOCKET = handles[0];
        SETSOCKOPT = handles[1];
        BIND = handles[2];
        RECVMMSG = handles[4];
        SENDMMSG = handles[5];
        SENDTO = handles[6];
        CLOSE = handles[7];
    }

    @SuppressWarnings("restricted")
    private static MethodHandle call(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        MemorySegment symbol =
                linker.defaultLookup()
                        .find(name)
                        .orElseThrow(() -> new IllegalStateException("no " + name));
        return linker.downcallHandle(symbol, descriptor, Linker.Option.captureCallState("errno"));
    }

    private static boolean isLinux() {
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return System.getProperty("os.name").equals("Linux")
                && (arch.equals("amd64") || arch.equals("aarch64"))
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    }

    static boolean isAvailable() {
        return CLOSE != null;
    }

    private static final class Client {
        final long low;
        final long middle;
        final long high;
        final Answerer.Path path;
        final Answerer.Later later;

        Client(long low, long middle, long high, Answerer.Path path, Answerer.Later later) {
            this.low = low;
            this.middle = middle;
            this.high = high;
            this.path = path;
            this.later = later;
        }
    }

    private final Answerer answerer;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment errno = arena.allocate(CAPTURE);
    private final int fd;
    private final InetSocketAddress address;
    private final Client[] clients = new Client[CLIENTS];

    /// Guards `open`, `sending` and the parcels: no late answer goes out on a descriptor that was
    /// closed and belongs to another socket now.
    private final Object sendLock = new Object();

    private final ArrayDeque<Parcel> parcels = new ArrayDeque<>();
    private int sending;
    private boolean open = true;
    private boolean running;
    private volatile boolean closing;

    NativeUdp(InetSocketAddress address, Answerer answerer, boolean shared) throws IOException {
        this.answerer = answerer;
        this.address = address;
        boolean v4 = address.getAddress() instanceof Inet4Address;
        this.fd = socket(v4 ? AF_INET : AF_INET6);
        try {
            MemorySegment value = arena.allocate(INT);
            value.set(INT, 0, 1);
            if (shared) setOption(SO_REUSEPORT, value);
            value.set(INT, 0, RECEIVE_BUFFER_OCTETS);
            setOption(SO_RCVBUF, value);
            MemorySegment name = arena.allocate(NAME_OCTETS, 8);
            int length = name(name, address);
            int result;
            try {
                result = (int) BIND.invokeExact(errno, fd, name, length);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
            if (result < 0) throw new IOException("cannot bind, errno " + errno());
        } catch (IOException e) {
            closeFd();
            throw e;
        }
    }

    private int errno() {
        return (int) ERRNO.get(errno, 0L);
    }

    private int socket(int family) throws IOException {
        int made;
        try {
            made = (int) SOCKET.invokeExact(errno, family, SOCK_DGRAM_CLOEXEC, 0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (made < 0) throw new IOException("no socket, errno " + errno());
        return made;
    }

    private void setOption(int option, MemorySegment value) throws IOException {
        int result;
        try {
            result = (int) SETSOCKOPT.invokeExact(errno, fd, SOL_SOCKET, option, value, 4);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (result < 0) throw new IOException("socket option, errno " + errno());
    }

    /// Writes an address in the kernel's form; returns its octets.
    private static int name(MemorySegment into, InetSocketAddress address) {
        byte[] octets = address.getAddress().getAddress();
        into.fill((byte) 0);
        into.set(BYTE, 2, (byte) (address.getPort() >> 8));
        into.set(BYTE, 3, (byte) address.getPort());
        boolean v4 = octets.length == 4;
        into.set(BYTE, 0, (byte) (v4 ? AF_INET : AF_INET6));
        MemorySegment.copy(octets, 0, into, BYTE, v4 ? 4 : 8, octets.length);
        return v4 ? 16 : 28;
    }

    @Override
    public void run() {
        synchronized (sendLock) {
            if (!open) return;
            running = true;
        }
        MemorySegment in = arena.allocate((long) BATCH * IN_OCTETS, 64);
        MemorySegment out = arena.allocate((long) BATCH * OUT_OCTETS, 64);
        MemorySegment names = arena.allocate((long) BATCH * NAME_OCTETS, 8);
        MemorySegment inHeaders = headers(in, IN_OCTETS, names);
        MemorySegment outHeaders = headers(out, OUT_OCTETS, names);
        MemorySegment outVectors = outHeaders.asSlice((long) BATCH * HEADER_OCTETS);
        byte[] query = new byte[IN_OCTETS];
        byte[] response = new byte[MessageWriter.OCTETS_MAX];
        while (!closing) {
            for (int i = 0; i < BATCH; i++) {
                inHeaders.set(INT, (long) i * HEADER_OCTETS + 8, NAME_OCTETS);
            }
            int count = receive(inHeaders);
            if (closing) break;
            int answers = 0;
            for (int i = 0; i < count; i++) {
                int length = inHeaders.get(INT, (long) i * HEADER_OCTETS + 56);
                MemorySegment.copy(in, BYTE, (long) i * IN_OCTETS, query, 0, length);
                int octets = one(names, i, query, length, response);
                if (octets == 0 || octets > OUT_OCTETS) continue;
                MemorySegment.copy(response, 0, out, BYTE, (long) answers * OUT_OCTETS, octets);
                long header = (long) answers * HEADER_OCTETS;
                outHeaders.set(LONG, header, inHeaders.get(LONG, (long) i * HEADER_OCTETS));
                int nameLength = inHeaders.get(INT, (long) i * HEADER_OCTETS + 8);
                outHeaders.set(INT, header + 8, nameLength);
                outVectors.set(LONG, (long) answers * IOVEC_OCTETS + 8, octets);
                answers++;
            }
            if (answers > 0) send(outHeaders, answers);
        }
        closeFd();
    }

    /// Headers for a batch, each with its vector of one buffer behind them.
    private MemorySegment headers(MemorySegment buffers, int octets, MemorySegment names) {
        MemorySegment made =
                arena.allocate((long) BATCH * (HEADER_OCTETS + IOVEC_OCTETS), 8).fill((byte) 0);
        for (int i = 0; i < BATCH; i++) {
            long header = (long) i * HEADER_OCTETS;
            long vector = (long) BATCH * HEADER_OCTETS + (long) i * IOVEC_OCTETS;
            made.set(LONG, header, names.address() + (long) i * NAME_OCTETS);
            made.set(INT, header + 8, NAME_OCTETS);
            made.set(LONG, header + 16, made.address() + vector);
            made.set(LONG, header + 24, 1);
            made.set(LONG, vector, buffers.address() + (long) i * octets);
            made.set(LONG, vector + 8, octets);
        }
        return made;
    }

    private int receive(MemorySegment headers) {
        try {
            return (int)
                    RECVMMSG.invokeExact(
                            errno, fd, headers, BATCH, MSG_WAITFORONE, MemorySegment.NULL);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(MemorySegment headers, int count) {
        int sent = 0;
        // A packet that cannot be sent is left out, the others go on.
        for (int tries = 0; sent < count && tries < BATCH; tries++) {
            int done;
            try {
                MemorySegment rest = headers.asSlice((long) sent * HEADER_OCTETS);
                done = (int) SENDMMSG.invokeExact(errno, fd, rest, count - sent, 0);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
            sent += done > 0 ? done : 1;
        }
    }

    private int one(MemorySegment names, int i, byte[] query, int length, byte[] response) {
        try {
            Client client = client(names, (long) i * NAME_OCTETS);
            return answerer.answer(query, length, response, client.path, client.later);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a query was dropped", e);
            return 0;
        }
    }

    private Client client(MemorySegment names, long at) {
        long low = names.get(LONG, at);
        boolean v4 = (low & 0xffff) == AF_INET;
        long middle = v4 ? 0 : names.get(LONG, at + 8);
        long high = v4 ? 0 : names.get(LONG, at + 16);
        long hash = (low ^ middle ^ high) * 0x9e3779b97f4a7c15L;
        int slot = (int) (hash >>> 54) & CLIENTS - 1;
        Client known = clients[slot];
        if (known != null && known.low == low && known.middle == middle && known.high == high) {
            return known;
        }
        byte[] octets = new byte[v4 ? 4 : 16];
        MemorySegment.copy(names, BYTE, at + (v4 ? 4 : 8), octets, 0, octets.length);
        int port = (names.get(BYTE, at + 2) & 0xff) << 8 | names.get(BYTE, at + 3) & 0xff;
        try {
            InetSocketAddress from = new InetSocketAddress(InetAddress.getByAddress(octets), port);
            Client made =
                    new Client(
                            low,
                            middle,
                            high,
                            new Answerer.Path(from, true),
                            (late, count) -> sendLate(from, late, count));
            clients[slot] = made;
            return made;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Memory for one late answer on its way to the kernel.
    private static final class Parcel {
        final MemorySegment name;
        final MemorySegment octets;
        final MemorySegment state;

        Parcel(Arena arena) {
            name = arena.allocate(NAME_OCTETS, 8);
            octets = arena.allocate(OUT_OCTETS);
            state = arena.allocate(CAPTURE);
        }
    }

    private void sendLate(InetSocketAddress to, byte[] packet, int length) {
        if (length > OUT_OCTETS) return;
        Parcel parcel = take();
        if (parcel == null) return;
        try {
            // An IPv4 client of an IPv6 socket would have to be mapped: sockets are of one family.
            int nameLength = name(parcel.name, to);
            MemorySegment.copy(packet, 0, parcel.octets, BYTE, 0, length);
            long sent =
                    (long)
                            SENDTO.invokeExact(
                                    parcel.state,
                                    fd,
                                    parcel.octets,
                                    (long) length,
                                    0,
                                    parcel.name,
                                    nameLength);
            if (sent < 0) LOG.log(System.Logger.Level.DEBUG, "a late answer was not sent");
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        } finally {
            giveBack(parcel);
        }
    }

    /// Null when the socket is closed. There are as many parcels as threads ever sent at once.
    private Parcel take() {
        synchronized (sendLock) {
            if (!open) return null;
            sending++;
            Parcel parcel = parcels.poll();
            return parcel != null ? parcel : new Parcel(arena);
        }
    }

    private void giveBack(Parcel parcel) {
        synchronized (sendLock) {
            parcels.push(parcel);
            if (--sending == 0 && !open) sendLock.notifyAll();
        }
    }

    /// Wakes the thread with a packet to itself; that thread closes the socket.
    @Override
    public void close() {
        closing = true;
        boolean waits;
        synchronized (sendLock) {
            waits = running;
        }
        if (!waits) {
            closeFd();
            return;
        }
        InetAddress own = address.getAddress();
        if (own.isAnyLocalAddress()) own = InetAddress.getLoopbackAddress();
        sendLate(new InetSocketAddress(own, address.getPort()), new byte[1], 1);
    }

    private void closeFd() {
        synchronized (sendLock) {
            if (!open) return;
            open = false;
            boolean interrupted = false;
            while (sending > 0) {
                try {
                    sendLock.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) Thread.currentThread().interrupt();
            try {
                int ignored = (int) CLOSE.invokeExact(errno, fd);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
        arena.close();
    }
}
