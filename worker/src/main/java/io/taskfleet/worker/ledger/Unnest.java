package io.taskfleet.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.taskfleet.task.RawJson;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgArray;

/**
 * Rows turned on their side: one array parameter a column, so that a group of any size is one
 * statement and one round trip. Arrays travel in Postgres' binary format, which costs both sides a
 * fraction of the text. A column that has one value in all rows travels as that value and an empty
 * array, which {@code unnest} fills up with nulls.
 */
final class Unnest<R> {
  /** The year 2000, in seconds since 1970. */
  private static final long POSTGRES_EPOCH = 946_684_800;

  /** A type of columns: its name, and the object ids of it and of its arrays. */
  enum Type {
    UUID("uuid", 2950, 2951),
    TEXT("text", 25, 1009),
    JSON("json", 114, 199),
    INT("int4", 23, 1007),
    LONG("int8", 20, 1016),
    BYTES("bytea", 17, 1001),
    TIME("timestamptz", 1184, 1185);

    private final String sql;
    private final int oid;
    private final int arrayOid;

    Type(String sql, int oid, int arrayOid) {
      this.sql = sql;
      this.oid = oid;
      this.arrayOid = arrayOid;
    }
  }

  private record Column<R>(String name, Type type, Function<R, @Nullable Object> value) {}

  private final List<Column<R>> columns;

  private Unnest(List<Column<R>> columns) {
    this.columns = columns;
  }

  /** Rows whose first column, the key, always travels as an array: there must be one. */
  static <R> Unnest<R> by(String name, Type type, Function<R, @Nullable Object> key) {
    return new Unnest<>(List.of(new Column<>(name, type, key)));
  }

  /** The same with one more column. */
  Unnest<R> with(String name, Type type, Function<R, @Nullable Object> value) {
    @SuppressWarnings("unchecked")
    Column<R>[] more = Arrays.copyOf(columns.toArray(Column[]::new), columns.size() + 1);
    more[columns.size()] = new Column<>(name, type, value);
    return new Unnest<>(List.of(more));
  }

  /** The columns' names, for the head of an insert. */
  String names() {
    return columns.stream().map(Column::name).collect(joining(", "));
  }

  /** A select of all rows; its parameters are {@link #bind}'s. */
  String select() {
    String values =
        columns.stream()
            .skip(1)
            .map(each -> "coalesce(%s, ?::%s) as %1$s".formatted(each.name, each.type.sql))
            .collect(joining(", ", columns.getFirst().name + ", ", ""));
    String arrays =
        columns.stream().map(each -> "?::" + each.type.sql + "[]").collect(joining(", "));
    return "select %s from unnest(%s) as given (%s)".formatted(values, arrays, names());
  }

  /**
   * Binds the rows.
   *
   * @return the next free parameter
   */
  int bind(PreparedStatement statement, int first, List<R> rows) throws SQLException {
    BaseConnection connection = statement.getConnection().unwrap(BaseConnection.class);
    int scalar = first;
    int array = first + columns.size() - 1;
    for (Column<R> column : columns) {
      @Nullable Object[] values = new Object[rows.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = column.value.apply(rows.get(i));
      }
      boolean isKey = column.equals(columns.getFirst());
      boolean same = !isKey && isOne(values);
      if (!isKey) {
        bindScalar(statement, scalar++, same ? values[0] : null);
      }
      byte[] bytes = encode(column.type, same ? new Object[0] : values);
      statement.setArray(array++, new PgArray(connection, column.type.arrayOid, bytes));
    }
    return array;
  }

  private static boolean isOne(@Nullable Object[] values) {
    for (Object value : values) {
      if (!isSame(value, values[0])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSame(@Nullable Object one, @Nullable Object other) {
    if (one instanceof RawJson(byte[] utf8) && other instanceof RawJson(byte[] otherUtf8)) {
      return Arrays.equals(utf8, otherUtf8);
    }
    return Objects.deepEquals(one, other);
  }

  private static void bindScalar(PreparedStatement statement, int at, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setNull(at, Types.VARCHAR);
      case byte[] bytes -> statement.setString(at, "\\x" + HexFormat.of().formatHex(bytes));
      case RawJson json -> statement.setString(at, json.text());
      default -> statement.setString(at, value.toString());
    }
  }

  /** As {@code array_recv} of Postgres reads it. */
  private static byte[] encode(Type type, @Nullable Object[] values) {
    int size = 5 * Integer.BYTES;
    boolean nulls = false;
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      nulls |= value == null;
      // Of text only its bytes have a length.
      byte[] bytes =
          switch (value) {
            case String text -> text.getBytes(UTF_8);
            case RawJson json -> json.utf8();
            case null, default -> null;
          };
      values[i] = bytes == null ? value : bytes;
      size += Integer.BYTES + (values[i] instanceof byte[] raw ? raw.length : 2 * Long.BYTES);
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.putInt(values.length == 0 ? 0 : 1).putInt(nulls ? 1 : 0).putInt(type.oid);
    if (values.length > 0) {
      out.putInt(values.length).putInt(1);
    }
    for (Object value : values) {
      encode(out, type, value);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private static void encode(ByteBuffer out, Type type, @Nullable Object value) {
    switch (value) {
      case null -> out.putInt(-1);
      case UUID id -> {
        out.putInt(2 * Long.BYTES);
        out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
      }
      case Instant time -> {
        long seconds = Math.subtractExact(time.getEpochSecond(), POSTGRES_EPOCH);
        out.putInt(Long.BYTES).putLong((seconds * 1_000_000) + (time.getNano() / 1_000));
      }
      case Integer number -> out.putInt(Integer.BYTES).putInt(number);
      case Long number -> out.putInt(Long.BYTES).putLong(number);
      case byte[] bytes -> out.putInt(bytes.length).put(bytes);
      default -> throw new IllegalArgumentException(type + " of a " + value.getClass());
    }
  }
}
