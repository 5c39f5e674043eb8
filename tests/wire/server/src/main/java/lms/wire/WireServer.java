package lms.wire;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.net.InetSocketAddress;
import java.util.List;

/** Speaks MongoDB's wire protocol on a port of 127.0.0.1 until killed; keeps everything in memory. */
public final class WireServer {

  /**
   * An answer refers to the document as stored: with more threads another writer may change it
   * before it is sent, and two find-and-modify hear of the same number.
   */
  private static final int ONE_AT_A_TIME = 1;

  public static void main(String[] arguments) {
    int port = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
    MongoServer server = new MongoServer(new MemoryBackend().version(new Recent()));
    try {
      server.bind(new InetSocketAddress("127.0.0.1", port), 1, ONE_AT_A_TIME);
    } catch (RuntimeException refused) {
      System.err.println("Port " + port + " of 127.0.0.1 cannot be listened on: " + refused);
      System.exit(1);
    }
    System.out.println("listening on " + server.getLocalAddress().getPort());
  }

  /** The library itself says wire version 8 at most, and PyMongo 4.20 refuses less than 9. */
  private static final class Recent implements MongoVersion {

    @Override
    public List<Integer> getVersionArray() {
      return List.of(5, 0, 0);
    }

    @Override
    public int getWireVersion() {
      return 13; // MongoDB 5.0, and Amazon DocumentDB 5.0
    }
  }

  private WireServer() {}
}
