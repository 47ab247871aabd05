using System.Text;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.Messages;

/// <summary>Each message of a producer in both forms, byte for byte; cut at every byte it is none.</summary>
public sealed class ProducerMessageTableTests
{
    /// <summary>JSON, MessagePack, and what both say.</summary>
    public static TheoryData<string, string, string> Messages() => new()
    {
        {
            """{"op":"publish","seq":1,"events":[{"channel":"agents"}]}""",
            "83a26f70a77075626c697368a373657101a66576656e74739181a76368616e6e656ca66167656e7473",
            """Publish 1 [{"channel":"agents"}]"""
        },
        {
            """{"op":"append","seq":2,"task":"t1","offset":4096,"data":"aGVsbG8="}""",
            "85a26f70a6617070656e64a373657102a47461736ba27431a66f6666736574cd1000a464617461c40568656c"
            + "6c6f",
            "Append 2 t1 4096 stdout - hello"
        },
        {
            """{"op":"append","seq":0,"task":"t1","data":"eA==","stream":"stdout"}""",
            "85a26f70a6617070656e64a373657100a47461736ba27431a464617461c40178a673747265616da67374646f"
            + "7574",
            "Append 0 t1 - stdout - x"
        },
        {
            """{"op":"append","seq":3,"task":"t1","offset":4101,"stream":"stderr","data":"b29wcw=="}""",
            "86a26f70a6617070656e64a373657103a47461736ba27431a66f6666736574cd1005a673747265616da67374"
            + "64657272a464617461c4046f6f7073",
            "Append 3 t1 4101 stderr - oops"
        },
        {
            """{"op":"append","seq":4,"task":"t2","offset":512,"after_loss":"k3x9qa","data":"aGVsbG8="}""",
            "86a26f70a6617070656e64a373657104a47461736ba27432a66f6666736574cd0200aa61667465725f6c6f73"
            + "73a66b3378397161a464617461c40568656c6c6f",
            "Append 4 t2 512 stdout k3x9qa hello"
        },
        {
            """{"op":"append","seq":9223372036854775807,"task":"t","offset":9007199253692415,"data":"eg=="}""",
            "85a26f70a6617070656e64a3736571cf7fffffffffffffffa47461736ba174a66f6666736574cf001fffffff"
            + "efffffa464617461c4017a",
            "Append 9223372036854775807 t 9007199253692415 stdout - z"
        },
        {
            """{"op":"resize","seq":5,"task":"t1","cols":120,"rows":40}""",
            "85a26f70a6726573697a65a373657105a47461736ba27431a4636f6c7378a4726f777328",
            "Resize 5 t1 120x40"
        },
        {
            """{"op":"resize","seq":5,"task":"t1","cols":1000,"rows":1}""",
            "85a26f70a6726573697a65a373657105a47461736ba27431a4636f6c73cd03e8a4726f777301",
            "Resize 5 t1 1000x1"
        },
        {
            """{"op":"end","seq":6,"task":"t1","exit_code":0}""",
            "84a26f70a3656e64a373657106a47461736ba27431a9657869745f636f646500",
            "End 6 t1 0"
        },
        {
            """{"op":"end","seq":6,"task":"t1","exit_code":-2147483648}""",
            "84a26f70a3656e64a373657106a47461736ba27431a9657869745f636f6465d280000000",
            "End 6 t1 -2147483648"
        },
        {
            """{"op":"end","seq":6,"task":"t","exit_code":0,"producer":"r","producer_epoch":9007199254740991}""",
            "86a26f70a3656e64a373657106a47461736ba174a9657869745f636f646500a870726f6475636572a172"
            + "ae70726f64756365725f65706f6368cf001fffffffffffff",
            "End 6 t 0 r/9007199254740991"
        },
        {
            """{"op":"lease","seq":7,"task":"t","agent":"a","holder":"r","epoch":5,"ttl_ms":10000}""",
            "87a26f70a56c65617365a373657107a47461736ba174a56167656e74a161a6686f6c646572a172a565706f636805"
            + "a674746c5f6d73cd2710",
            "Lease 7 a t r/5 10000"
        },
        {
            """{"op":"lease","seq":7,"agent":"a","holder":"r","epoch":0}""",
            "85a26f70a56c65617365a373657107a56167656e74a161a6686f6c646572a172a565706f636800",
            "Lease 7 a - r/0 30000"
        },
        {
            """{"op":"lease","seq":7,"agent":"a","holder":"r","epoch":0,"renew":true}""",
            "86a26f70a56c65617365a373657107a56167656e74a161a6686f6c646572a172a565706f636800a572656e6577c3",
            "Lease 7 a - r/0 30000 renew"
        },
        {
            """{"op":"release","seq":8,"task":"t","holder":"r","epoch":5}""",
            "85a26f70a772656c65617365a373657108a47461736ba174a6686f6c646572a172a565706f636805",
            "Release 8 - t r/5"
        },
        {
            """{"op":"ping","nonce":"7"}""",
            "82a26f70a470696e67a56e6f6e6365a137",
            "Ping 7"
        },
        {
            """{"op":"ping"}""",
            "81a26f70a470696e67",
            "Ping -"
        },
        {
            """{"op":"hello","features":["x"]}""",
            "82a26f70a568656c6c6fa8666561747572657391a178",
            "Hello"
        },
        {
            """{"op":"auth","token":"x"}""",
            "82a26f70a461757468a5746f6b656ea178",
            "Auth"
        },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void Both_forms_say_the_same(string json, string messagePack, string expected)
    {
        Assert.Equal(expected, Describe(Assert.Single(ReadJson(Encoding.UTF8.GetBytes(json), null)!)));
        Assert.Equal(expected, Describe(Assert.Single(ReadMessagePack(Convert.FromHexString(messagePack), null)!)));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Cut_at_any_byte_it_is_none_and_the_first_of_two_is_not_kept(
        string json, string messagePack, string expected)
    {
        Assert.NotEmpty(expected);
        byte[] text = Encoding.UTF8.GetBytes($"""[{json},{json}]""");
        byte[] one = Convert.FromHexString(messagePack);
        byte[] binary = [0x92, .. one, .. one];
        for (int length = 0; length < text.Length; length++)
        {
            Assert.Null(ReadJson(text[..length], "cut"));
        }

        for (int length = 0; length < binary.Length; length++)
        {
            Assert.Null(ReadMessagePack(binary[..length], "cut"));
        }

        Assert.Equal(2, ReadJson(text, null)!.Count);
        Assert.Equal(2, ReadMessagePack(binary, null)!.Count);
    }

    [Theory]
    [InlineData("""{"op":"publish","seq":1,"seq":2,"events":[]}""", 1L, "seq: given twice")]
    [InlineData("""{"op":"append","op":"end","seq":1,"task":"t","data":"aGk="}""", 1L, "op: given twice")]
    [InlineData("""{"op":"publish","seq":1,"events":[],"events":[]}""", 1L, "events: given twice")]
    [InlineData("""{"op":"append","seq":1,"task":"t"}""", 1L, "data: missing")]
    [InlineData("""{"op":"end","task":"t"}""", null, "seq: missing; exit_code: missing")]
    [InlineData("""{"op":"end","seq":"1","task":"t","exit_code":0}""", null, "seq: must be a whole number")]
    [InlineData("""{"op":"end","seq":1.0,"task":"t","exit_code":0}""", null, "seq: must be a whole number")]
    [InlineData("""{"op":"end","seq":null,"task":"t","exit_code":0}""", null, "seq: must be a whole number")]
    [InlineData("""{"op":"end","seq":[1],"task":"t","exit_code":0}""", null, "seq: must be a whole number")]
    [InlineData("""{"op":"end","seq":9223372036854775808,"task":"t","exit_code":0}""", null, "seq: must be a whole")]
    [InlineData("""{"op":"end","seq":1,"task":"t","exit_code":2147483648}""", 1L, "exit_code: must be a whole number")]
    [InlineData("""{"op":"end","seq":1,"task":{"a":[1]},"exit_code":0}""", 1L, "task: must be")]
    [InlineData("""{"op":"end","seq":1,"task":"","exit_code":0}""", 1L, "task: must be")]
    [InlineData("""{"op":"end","seq":1,"task":"../t","exit_code":0}""", 1L, "task: must be")]
    [InlineData(
        """{"op":"append","seq":1,"task":"t","data":"aGk=","offset":-1}""", 1L, "offset: must be a whole number")]
    [InlineData(
        """{"op":"append","seq":1,"task":"t","data":"aGk=","offset":9007199253692416}""", 1L, "offset: must")]
    [InlineData("""{"op":"append","seq":1,"task":"t","data":"aGk=","stream":1}""", 1L, "stream: must be stdout")]
    [InlineData("""{"op":"append","seq":1,"task":"t","data":"aGk=","stream":"stdin"}""", 1L, "stream: must be stdout")]
    [InlineData("""{"op":"append","seq":1,"task":"t","data":{"a":1}}""", 1L, "data: must be")]
    [InlineData("""{"op":"append","seq":1,"task":"t","data":null}""", 1L, "data: must be")]
    [InlineData(
        """{"op":"append","seq":1,"task":"t","data":"aGk=","offset":0,"after_loss":"K3X9QA"}""",
        1L, "after_loss: must")]
    [InlineData("""{"op":"append","seq":1,"task":"t","data":"aGk=","after_loss":"k3x9qa"}""", 1L, "after_loss: needs")]
    [InlineData(
        """{"op":"resize","seq":1,"task":"t","cols":1001,"rows":0}""", 1L, "cols: must be a whole number from 1")]
    [InlineData(
        """{"op":"end","seq":1,"task":"t","exit_code":0,"producer":"r"}""", 1L, "producer_epoch: missing")]
    [InlineData(
        """{"op":"end","seq":1,"task":"t","exit_code":0,"producer_epoch":1}""", 1L, "producer: missing")]
    [InlineData(
        """{"op":"end","seq":1,"task":"t","exit_code":0,"producer":"r","producer_epoch":9007199254740992}""",
        1L, "producer_epoch: must be a whole number from 0 to 9007199254740991")]
    [InlineData("""{"op":"lease","seq":1,"holder":"r","epoch":1}""", 1L, "task: missing, and so is agent")]
    [InlineData("""{"op":"lease","seq":1,"task":"t","epoch":1}""", 1L, "holder: missing")]
    [InlineData("""{"op":"release","seq":1,"task":"t","holder":"r"}""", 1L, "epoch: missing")]
    [InlineData(
        """{"op":"lease","seq":1,"task":"t","holder":"r","epoch":1,"ttl_ms":9999}""",
        1L, "ttl_ms: must be a whole number from 10000 to 300000")]
    public void What_is_wrong_with_a_field_is_told_with_its_number_in_both_forms(string json, long? seq, string detail)
    {
        foreach (List<ProducerMessage>? read in new[]
        {
            ReadJson(Encoding.UTF8.GetBytes(json), null), ReadMessagePack(MessagePackJson.FromJson(json), null),
        })
        {
            var invalid = Assert.IsType<ProducerMessage.Invalid>(Assert.Single(read!));
            Assert.Equal((seq, ErrorCodes.BadRequest), (invalid.Seq, invalid.Code));
            Assert.Contains(detail, invalid.Detail);
        }
    }

    [Theory]
    [InlineData("""{"op":"later","seq":7,"x":[{"op":"end"}]}""")]
    [InlineData("""[{"op":"later"},{"op":"welcome"}]""")]
    public void Unknown_ops_are_skipped_in_both_forms(string json)
    {
        Assert.Empty(ReadJson(Encoding.UTF8.GetBytes(json), null)!);
        Assert.Empty(ReadMessagePack(MessagePackJson.FromJson(json), null)!);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_nonce_has_a_length(int length, bool valid)
    {
        string nonce = new('n', length);
        ProducerMessage read = Assert.Single(
            ReadJson(Encoding.UTF8.GetBytes($$"""{"op":"ping","nonce":"{{nonce}}"}"""), null)!);
        Assert.Equal(valid ? $"Ping {nonce}" : "ping: nonce: must be a text of at most 64 characters", Describe(read));
    }

    [Theory]
    [InlineData("c7010501", "data: must be binary")]
    [InlineData("a26869", "data: must be binary")]
    [InlineData("c0", "data: must be binary")]
    [InlineData("c400", "data: must hold at least one byte")]
    public void Bytes_in_messagepack_are_binary_and_nothing_else(string data, string detail)
    {
        byte[] frame = [.. Convert.FromHexString("84a26f70a6617070656e64a373657101a47461736ba174a464617461"),
            .. Convert.FromHexString(data)];
        var invalid = Assert.IsType<ProducerMessage.Invalid>(Assert.Single(ReadMessagePack(frame, null)!));
        Assert.Equal(detail, invalid.Detail);
    }

    private static List<ProducerMessage>? ReadJson(byte[] frame, string? wrong) => Keep(
        ProducerMessageReader.TryRead(frame, new ProducerMessageLimits(), Into(out var messages), out string? error),
        messages, error, wrong);

    private static List<ProducerMessage>? ReadMessagePack(byte[] frame, string? wrong) => Keep(
        ProducerMessageReader.TryReadMessagePack(
            frame, new ProducerMessageLimits(), Into(out var messages), out string? error),
        messages, error, wrong);

    private static List<ProducerMessage> Into(out List<ProducerMessage> messages) => messages = [];

    private static List<ProducerMessage>? Keep(
        bool read, List<ProducerMessage> messages, string? error, string? wrong)
    {
        Assert.True(read == wrong is null, error ?? "It was read.");
        Assert.True(read || messages.Count == 0, "Messages of a wrong frame were kept.");
        return read ? messages : null;
    }

    private static string Describe(ProducerMessage message) => message switch
    {
        ProducerMessage.Publish publish => $"Publish {publish.Seq} {EventsOf(publish)}",
        ProducerMessage.Append append =>
            $"Append {append.Seq} {append.Task} {append.Offset?.ToString() ?? "-"} "
            + $"{(append.IsStderr ? "stderr" : "stdout")} {append.AfterLoss?.ToString() ?? "-"} "
            + Encoding.UTF8.GetString(append.Data.Span),
        ProducerMessage.Resize resize => $"Resize {resize.Seq} {resize.Task} {resize.Columns}x{resize.Rows}",
        ProducerMessage.End end => $"End {end.Seq} {end.Task} {end.ExitCode}"
            + (end.Claim is { } claim ? $" {claim.Producer}/{claim.Epoch}" : string.Empty),
        ProducerMessage.Lease lease => $"Lease {lease.Seq} {Describe(lease.Wanted)} {lease.Wanted.TtlMs}"
            + (lease.Wanted.IsRenewal ? " renew" : string.Empty),
        ProducerMessage.Release release => $"Release {release.Seq} {Describe(release.Held)}",
        ProducerMessage.Ping ping => $"Ping {ping.Nonce ?? "-"}",
        ProducerMessage.Invalid invalid => $"{invalid.Op}: {invalid.Detail}",
        _ => message.GetType().Name,
    };

    private static string Describe(LeaseRequest lease) =>
        $"{lease.Agent ?? "-"} {lease.Task ?? "-"} {lease.Holder}/{lease.Epoch}";

    private static string EventsOf(ProducerMessage.Publish publish)
    {
        string text = Encoding.UTF8.GetString(publish.Events.Span);
        return text.StartsWith('[') ? text : MessagePackJson.ToJson(publish.Events.Span);
    }
}
