using System.Buffers;
using Realtime.Protocol.MessagePack;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.MessagePack;

/// <summary>Damaged values, and what reading and writing cost.</summary>
public sealed class MessagePackFuzzTests(ITestOutputHelper output)
{
    private static readonly MessagePackLimits Limits = new(64, 1_000_000, 1_000_000);

    // Longer headers than needed, which other writers may choose; and timestamps, which are extensions of type -1.
    public static TheoryData<string, string> OtherForms => new()
    {
        { "d900", "s" }, { "d90161", "s61" }, { "da000161", "s61" }, { "db0000000161", "s61" },
        { "c50001ff", "bff" }, { "c600000001ff", "bff" },
        { "dc0001c0", "[n]" }, { "dd00000001c0", "[n]" },
        { "de0001a161c3", "{s61=t}" }, { "df00000001a161c3", "{s61=t}" },
        { "c70105ab", "x5:ab" }, { "c8000105ab", "x5:ab" }, { "c90000000105ab", "x5:ab" },
        { "c7047f01020304", "x127:01020304" },
        { "d6ff5f000000", "x-1:5f000000" }, { "d7ff0000000400000000", "x-1:0000000400000000" },
        { "c70cff000000010000000000000002", "x-1:000000010000000000000002" },
        { "ca7fc00000", "dnan" }, { "cb7ff0000000000000", "d7ff0000000000000" },
        { "cb8000000000000000", "d0000000000000000" },
    };

    [Theory]
    [MemberData(nameof(OtherForms))]
    public void Every_other_form_is_read_and_refused_when_cut_off(string hex, string description)
    {
        byte[] whole = Bytes.FromHex(hex);
        Assert.Equal(description, MessagePackDescription.Of(whole));
        for (int length = 0; length < whole.Length; length++)
        {
            var cut = new MessagePackReader(whole.AsSpan(0, length));
            Assert.False(cut.TrySkip(Limits));
            Assert.Null(MessagePackDescription.Of(whole.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Each_first_byte_but_one_begins_a_value()
    {
        byte[] data = new byte[64];
        for (int code = 0; code <= 0xff; code++)
        {
            // What follows is zeros: lengths of nothing, numbers that are 0, and items that are 0.
            data[0] = (byte)code;
            var reader = new MessagePackReader(data);
            Assert.Equal(code != 0xc1, reader.TrySkip(Limits));
        }
    }

    [Fact]
    public void Damaged_values_are_passed_over_just_if_they_can_be_read() => Fuzzing.Run(output, random =>
    {
        byte[] valid = Bytes.Of(o => RandomMessagePack.Write(o, random, depth: 2));
        for (int n = 0; n < 20 && valid.Length < 4096; n++)
        {
            byte[] damaged = Mutation.Of(valid, random);
            var reader = new MessagePackReader(damaged);
            bool skipped = reader.TrySkip(Limits) && reader.IsAtEnd;
            Assert.Equal(skipped, MessagePackDescription.Of(damaged) is not null);

            // What looks through a whole body sees the same, but for its rule that texts are UTF-8.
            MessagePackFault fault = MessagePackCheck.Find(damaged, Limits.Depth, out int at);
            Assert.InRange(at, 0, damaged.Length);
            Assert.Equal(skipped, fault is MessagePackFault.None || (fault is MessagePackFault.NotUtf8 && skipped));
        }
    });

    [Fact]
    public void Reading_and_writing_allocate_nothing()
    {
        byte[] data = new byte[300];
        var written = new ArrayBufferWriter<byte>(4096);
        void Write()
        {
            written.ResetWrittenCount();
            MessagePackWriter.WriteArrayHeader(written, 8);
            MessagePackWriter.WriteNil(written);
            MessagePackWriter.WriteBoolean(written, true);
            MessagePackWriter.WriteInteger(written, long.MinValue);
            MessagePackWriter.WriteDouble(written, 0.1);
            MessagePackWriter.WriteString(written, "a text of 32 bytes, and then one");
            MessagePackWriter.WriteBinary(written, data);
            MessagePackWriter.WriteExtension(written, 99, data);
            MessagePackWriter.WriteMapHeader(written, 0);
        }

        void Read()
        {
            var reader = new MessagePackReader(written.WrittenSpan);
            _ = reader.TryReadArrayHeader(out _) && reader.TryReadNil() && reader.TryReadBoolean(out _)
                && reader.TryReadInt64(out _) && reader.TryReadDouble(out _) && reader.TryReadString(out _)
                && reader.TryReadBinary(out _) && reader.TryReadExtension(out _, out _)
                && reader.TryReadMapHeader(out _)
                && MessagePackCheck.Find(written.WrittenSpan, 8, out _) == MessagePackFault.None
                ? 0
                : throw new InvalidOperationException("Not read.");
        }

        Write();
        Read();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Write();
            Read();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
