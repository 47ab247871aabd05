using System.Buffers.Text;
using System.Text;
using Realtime.Loadtests.Terminals;
using Realtime.Protocol.Compression;

namespace Realtime.Tests.Loadtests;

public class ContentCheckTests
{
    private const long Offset = 300;
    private const int Length = 400;

    private static readonly byte[] Output =
        [.. Enumerable.Range(0, 50).SelectMany(n => Encoding.ASCII.GetBytes($"compiling file {n}\n"))];

    private readonly TerminalContent _content = new(Output, 1);

    private byte[] Bytes => _content.Slice(0, Offset, Length).ToArray();

    public static TheoryData<object> Codings => new(Enum.GetValues<DataCoding>().Cast<object>());

    [Theory]
    [MemberData(nameof(Codings))]
    public void Bytes_of_every_coding_are_decoded_and_compared(object coding)
    {
        var check = new ContentCheck(_content, 0, isShared: false);

        Assert.True(IsExact(check, (DataCoding)coding, Offset, Bytes));
        Assert.False(IsExact(check, (DataCoding)coding, Offset + 1, Bytes));
        Assert.False(IsExact(check, (DataCoding)coding, Offset, Changed(Bytes)));
        Assert.Equal((3, 0), (check.Decoded, check.Compared));
    }

    [Fact]
    public void What_one_viewer_decoded_others_compare_with()
    {
        var check = new ContentCheck(_content, 0, isShared: true);

        for (int viewer = 0; viewer < 5; viewer++)
        {
            Assert.True(IsExact(check, DataCoding.Lz4, Offset, Bytes));
        }

        Assert.Equal((1, 4), (check.Decoded, check.Compared));
    }

    [Fact]
    public void One_viewers_wrong_bytes_are_seen_beside_others_right_ones()
    {
        var check = new ContentCheck(_content, 0, isShared: true);

        Assert.True(IsExact(check, DataCoding.Lz4, Offset, Bytes));
        Assert.False(IsExact(check, DataCoding.Lz4, Offset, Changed(Bytes)));
        Assert.False(IsExact(check, DataCoding.Raw, Offset, Changed(Bytes)));
        Assert.True(IsExact(check, DataCoding.Lz4, Offset, Bytes));
    }

    [Fact]
    public void A_message_that_says_another_length_is_not_exact()
    {
        var check = new ContentCheck(_content, 0, isShared: true);
        var message = new ReceivedMessage { Offset = Offset, Length = Length - 1, Data = Bytes };

        Assert.False(check.IsExact(in message));
    }

    [Fact]
    public void Damage_is_not_exact()
    {
        var check = new ContentCheck(_content, 0, isShared: true);
        var message = new ReceivedMessage
        {
            Offset = Offset,
            Length = Length,
            Data = "no base64 *"u8,
            Coding = DataCoding.Base64,
        };

        Assert.False(check.IsExact(in message));
    }

    private static byte[] Changed(byte[] bytes)
    {
        bytes[^1] ^= 1;
        return bytes;
    }

    private static bool IsExact(ContentCheck check, DataCoding coding, long offset, byte[] bytes)
    {
        byte[] data = bytes;
        if (coding is DataCoding.Lz4 or DataCoding.Lz4Base64)
        {
            byte[] block = new byte[Lz4Block.CompressedLengthMax(bytes.Length)];
            data = block[..Lz4Block.Compress(bytes, block)];
        }

        if (coding is DataCoding.Base64 or DataCoding.Lz4Base64)
        {
            byte[] text = new byte[Base64.GetMaxEncodedToUtf8Length(data.Length)];
            Base64.EncodeToUtf8(data, text, out _, out int written);
            data = text[..written];
        }

        var message = new ReceivedMessage { Offset = offset, Length = bytes.Length, Data = data, Coding = coding };
        return check.IsExact(in message);
    }
}
