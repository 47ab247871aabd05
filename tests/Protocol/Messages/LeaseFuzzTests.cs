using System.Text;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.Messages;

/// <summary>Time-boxed damage to the bodies of leases, and to bytes of terminals as base64.</summary>
public sealed class LeaseFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Damaged_leases_are_read_or_all_that_is_wrong_is_told()
    {
        byte[] json = Encoding.UTF8.GetBytes(
            """{"agent":"a1","producer":"r","producer_epoch":3,"ttl_ms":10000,"x":[1,{"y":"\u0061"}]}""");
        byte[] binary = MessagePackJson.FromJson(Encoding.UTF8.GetString(json));
        int good = 0;
        Fuzzing.Run(output, random =>
        {
            bool isMessagePack = random.Next(2) == 0;
            bool read = LeaseReader.TryRead(
                Mutation.Of(isMessagePack ? binary : json, random), isMessagePack, isRelease: random.Next(2) == 0,
                out LeaseRequest? lease, out var errors);
            Assert.Equal(read, lease is not null);
            Assert.Equal(read, errors.Count == 0);
            good += read ? 1 : 0;
        });
        output.WriteLine($"{good} were still right.");
    }

    [Fact]
    public void Damaged_base64_is_decoded_as_by_the_framework_or_not_at_all()
    {
        byte[] valid = Encoding.ASCII.GetBytes("\"aGVsbG8\\u002Bd29y\\/bGQ=\"");
        Fuzzing.Run(output, random =>
        {
            byte[] damaged = Mutation.Of(valid, random);
            string text;
            try
            {
                // What reaches it was found to be a JSON string.
                text = System.Text.Json.JsonSerializer.Deserialize<string>(damaged)!;
            }
            catch (System.Text.Json.JsonException)
            {
                return;
            }

            if (text is not null && TerminalData.TryDecode(damaged.AsSpan().Trim(" \r\n\t"u8).ToArray(), out var data))
            {
                Assert.Equal(Convert.FromBase64String(text), data.ToArray());
            }
        });
    }
}
