package io.taskfleet.worker.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.taskfleet.task.RawJson;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgArray;

/**
 * Rows turned on their side: one array parameter a column, so that a group of any size is one
 * statement and one round trip. Arrays travel in Postgres' binary format, which costs both sides a
 * fraction of the text. A column that has one value in all rows travels as that value, so that
 * Postgres unpacks only what differs; which columns these are is part of the statement's text.
 */
public final class Unnest<R> {
  /** The year 2000, in seconds since 1970. */
  private static final long POSTGRES_EPOCH = 946_684_800;

  /** A type of columns: its name, and the object ids of it and of its arrays. */
  public enum Type {
    /** An id. */
    UUID("uuid", 2950, 2951),
    /** Text. */
    TEXT("text", 25, 1009),
    /** A document. */
    JSON("json", 114, 199),
    /** 32 bits. */
    INT("int4", 23, 1007),
    /** 64 bits. */
    LONG("int8", 20, 1016),
    /** Bytes as they are. */
    BYTES("bytea", 17, 1001),
    /** A moment, to the microsecond. */
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

  private record Column<R>(String name, Type type, Function<R, @Nullable Object> value) {
    @Nullable Object[] values(List<R> rows) {
      @Nullable Object[] values = new Object[rows.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value.apply(rows.get(i));
      }
      return values;
    }
  }

  private final List<Column<R>> columns;

  private Unnest(List<Column<R>> columns) {
    this.columns = columns;
  }

  /** Rows whose first column, the key, always travels as an array: there must be one. */
  public static <R> Unnest<R> by(String name, Type type, Function<R, @Nullable Object> key) {
    return new Unnest<>(List.of(new Column<>(name, type, key)));
  }

  /** The same with one more column. */
  public Unnest<R> with(String name, Type type, Function<R, @Nullable Object> value) {
    @SuppressWarnings("unchecked")
    Column<R>[] more = Arrays.copyOf(columns.toArray(Column[]::new), columns.size() + 1);
    more[columns.size()] = new Column<>(name, type, value);
    return new Unnest<>(List.of(more));
  }

  /** The columns' names, for the head of an insert. */
  public String names() {
    return columns.stream().map(Column::name).collect(joining(", "));
  }

  /**
   * A statement about these rows, with all its parameters bound.
   *
   * @param sql with {@code %s} where a select of the rows belongs
   * @throws SQLException if Postgres does not take it
   */
  public PreparedStatement prepare(Connection connection, String sql, List<R> rows)
      throws SQLException {
    List<@Nullable Object[]> values = columns.stream().map(column -> column.values(rows)).toList();
    boolean[] constant = new boolean[columns.size()];
    for (int i = 1; i < constant.length; i++) {
      constant[i] = isOne(values.get(i));
    }
    PreparedStatement statement = connection.prepareStatement(sql.formatted(select(constant)));
    try {
      bind(statement, values, constant);
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  private String select(boolean[] constant) {
    StringJoiner values = new StringJoiner(", ");
    StringJoiner arrays = new StringJoiner(", ");
    StringJoiner names = new StringJoiner(", ");
    for (int i = 0; i < constant.length; i++) {
      Column<R> column = columns.get(i);
      if (constant[i]) {
        values.add("?::" + column.type.sql + " as " + column.name);
      } else {
        values.add(column.name);
        arrays.add("?::" + column.type.sql + "[]");
        names.add(column.name);
      }
    }
    return "select %s from unnest(%s) as given (%s)".formatted(values, arrays, names);
  }

  private void bind(
      PreparedStatement statement, List<@Nullable Object[]> values, boolean[] constant)
      throws SQLException {
    BaseConnection connection = statement.getConnection().unwrap(BaseConnection.class);
    int at = 1;
    for (int i = 0; i < constant.length; i++) {
      if (constant[i]) {
        bindScalar(statement, at++, values.get(i)[0]);
      }
    }
    for (int i = 0; i < constant.length; i++) {
      if (!constant[i]) {
        Type type = columns.get(i).type;
        byte[] bytes = encode(type, values.get(i));
        statement.setArray(at++, new PgArray(connection, type.arrayOid, bytes));
      }
    }
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

  /** Of no declared type, so that Postgres reads it once, as what it is cast to. */
  private static void bindScalar(PreparedStatement statement, int at, @Nullable Object value)
      throws SQLException {
    String text =
        switch (value) {
          case null -> null;
          case byte[] bytes -> "\\x" + HexFormat.of().formatHex(bytes);
          case RawJson json -> json.text();
          default -> value.toString();
        };
    statement.setObject(at, text, Types.OTHER);
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
    out.putInt(1).putInt(nulls ? 1 : 0).putInt(type.oid).putInt(values.length).putInt(1);
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
