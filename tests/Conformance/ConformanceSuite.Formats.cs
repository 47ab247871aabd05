using System.Text.Json.Nodes;
using Realtime.Tests.Support;

namespace Realtime.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task Events_are_the_same_in_MessagePack_and_in_JSON()
    {
        await OpenBothAsync();
        await Sdk.SubscribeAsync("c", "packed", Filter("agents", "a1"));
        await Sdk.SubscribeAsync("j", "plain", Filter("agents", "a1"));
        await Sdk.IsActiveAsync("packed");
        await Sdk.IsActiveAsync("plain");
        string[] payloads =
        [
            """{"text":"\u20ac \ufeff\ud83d\ude00","":[],"nested":[[{"a":{}}],[]],"flags":[true,false,null]}""",
            """[0,-1,127,128,255,256,65535,65536,4294967295,4294967296,"""
                + """9007199254740991,-9007199254740991,1.5,-0.1,1e300]""",
            """{"__proto__":{"toString":1},"constructor":0}""",
            "\"" + new string('x', 40_000) + "\"",
            "null",
        ];
        await PublishBatchAsync([.. payloads.Select((payload, number) =>
        {
            JsonObject message = Event("a1", number);
            message["payload"] = JsonNode.Parse(payload);
            message["state_key"] = $"agent:a1:{Number(number)}";
            return message;
        })]);
        await Sdk.SeesAsync("packed", payloads.Length);
        await Sdk.SeesAsync("plain", payloads.Length);
        foreach ((JsonObject packed, JsonObject plain, string payload) in
            Sdk.Of("packed", "event").Zip(Sdk.Of("plain", "event"), payloads))
        {
            JsonObject inPacked = packed["event"]!.DeepClone().AsObject();
            JsonObject inPlain = plain["event"]!.DeepClone().AsObject();
            Assert.True(
                JsonNode.DeepEquals(JsonNode.Parse(payload), inPacked["payload"]), inPacked["payload"]?.ToJsonString());

            // A frame is encoded once for each of the two forms.
            inPacked.Remove("sent");
            inPlain.Remove("sent");
            Assert.True(JsonNode.DeepEquals(inPlain, inPacked), $"{inPlain.ToJsonString()}\n{inPacked.ToJsonString()}");
        }
    }

    [Fact]
    public async Task Terminals_are_the_same_in_MessagePack_and_in_JSON()
    {
        byte[] noise = new byte[50_000];
        new Random(9).NextBytes(noise);
        byte[] output =
        [
            .. noise, .. System.Text.Encoding.UTF8.GetBytes(RepositoryRoot.Read("shared/Protocol/PROTOCOL.md")),
            .. new byte[100_000],
        ];
        await OpenBothAsync();
        await Producer.AppendAsync("t1", output.AsMemory(0, 1000));
        await Sdk.WatchTerminalAsync("c", "packed", "t1");
        await Sdk.WatchTerminalAsync("j", "plain", "t1");
        await Sdk.SawAsync("packed", "bytes");
        await Sdk.SawAsync("plain", "bytes");
        await Producer.AppendAsync("t1", output.AsMemory(1000, 70_000));
        await Producer.AppendAsync("t1", output.AsMemory(71_000));
        await Producer.EndAsync("t1", 5);
        foreach (string name in (string[])["packed", "plain"])
        {
            Assert.Equal(5, (await Sdk.SawAsync(name, "end"))["exit_code"]!.GetValue<int>());
            Assert.Equal(output, BytesOf(name));
        }
    }

    private async Task OpenBothAsync()
    {
        await OpenAsync();
        await OpenAsync("j", options => options["format"] = "json");
    }
}
