using System.Reflection;
using System.Text;
using System.Text.Json;
using Realtime.Client.Wire;
using Realtime.Protocol.MessagePack;
using Realtime.Tests.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>The same message, whatever form it came in.</summary>
public sealed class ServerMessagePackReaderTests
{
    private static readonly string[] OfItsForm =
        [nameof(ServerMessage.Bytes), nameof(ServerMessage.Data), nameof(ServerMessage.Encoding)];

    public static TheoryData<string> Examples =>
    [
        .. ProtocolDocument.Examples("server").Where(json => json.StartsWith('{')),
        """{"op":"event","payload":{"a":[1,-1,1.5,null,true,"text",9223372036854775807,"""
            + """18446744073709551615],"__proto__":{}}}""",
        """{"op":"event","payload":null,"snapshot":true,"ts":9223372036854775807}""",
        """{"op":"terminal","resize":{"cols":120,"rows":40},"end":{"exit_code":-1}}""",
        """{"op":"subscribed","size":{"cols":120,"rows":40},"cursor":"3:1795230320701-12.k3x9qa"}""",
        """{"op":"subscribed","cursor":["nonsense",7,[],"3:1795230320701-12.k3x9qa",""]}""",
        """{"op":7,"id":true,"limits":[],"missing":"x","retry":1,"unknown":{"op":"y","list":"""
            + """[[1],{"a":{}}]},"code":"z"}""",
    ];

    [Theory]
    [MemberData(nameof(Examples))]
    public void It_says_what_it_says_in_JSON(string json)
    {
        var expected = new ServerMessage();
        var jsonReader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), ServerMessageReader.Options);
        jsonReader.Read();
        ServerMessageReader.ReadObject(ref jsonReader, expected);

        byte[] messagePack = MessagePackJson.FromJson(json);
        var message = new ServerMessage();
        Assert.True(ServerMessagePackReader.IsWhole(messagePack));
        var reader = new MessagePackReader(messagePack);
        Assert.True(new ServerMessagePackReader().TryReadObject(ref reader, message));

        Assert.True(reader.IsAtEnd);
        Assert.Equal(messagePack.Length, message.Bytes);
        Assert.Equal(Describe(expected), Describe(message));
    }

    [Fact]
    public void What_is_cut_off_or_goes_on_is_not_whole()
    {
        byte[] whole = ProtocolDocument.MessagePack("server")[0];
        Assert.True(ServerMessagePackReader.IsWhole(whole));
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.False(ServerMessagePackReader.IsWhole(whole.AsSpan(0, length)));
        }

        Assert.False(ServerMessagePackReader.IsWhole([.. whole, 0xc0]));
    }

    private static string Describe(ServerMessage message) => string.Join('\n', typeof(ServerMessage)
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => !OfItsForm.Contains(property.Name))
        .Select(property => $"{property.Name}: {JsonSerializer.Serialize(property.GetValue(message)?.ToString())}"
            + (property.GetValue(message) is System.Collections.ICollection list ? $" of {list.Count}" : "")));
}
