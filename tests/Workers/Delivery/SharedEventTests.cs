using System.Text;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Delivery;

public sealed class SharedEventTests
{
    [Fact]
    public void A_frame_is_made_once_per_format_and_names_the_state_key()
    {
        EventEnvelope envelope = SampleEvents.Full("1");
        var position = new StreamCursor(new EntryId(1_795_230_320_701, 12), Epoch.Parse("k3x9qa"));
        var item = new SharedEvent(3, position, new EntryId(1, 11), envelope, TimeProvider.System);

        foreach (IWireFormat format in (IWireFormat[])[WireFormats.JsonFrames, WireFormats.ServerSentEvents])
        {
            Assert.Same(item.FrameFor(format), item.FrameFor(format));
            Assert.Same(item.SnapshotFrameFor(format), item.SnapshotFrameFor(format));
            Assert.Contains(
                "\"state_key\":\"agent:a1:status\"", TextOf(item.FrameFor(format)), StringComparison.Ordinal);
            Assert.Contains(
                "\"state_key\":\"agent:a1:status\"", TextOf(item.SnapshotFrameFor(format)), StringComparison.Ordinal);
        }

        IWireFormat binary = WireFormats.MessagePackFrames;
        Assert.Same(item.FrameFor(binary), item.FrameFor(binary));
        Assert.Same(item.SnapshotFrameFor(binary), item.SnapshotFrameFor(binary));
        string live = MessagePackJson.ToJson(item.FrameFor(binary).Body);
        Assert.Contains("\"state_key\":\"agent:a1:status\"", live, StringComparison.Ordinal);
        string value = MessagePackJson.ToJson(item.SnapshotFrameFor(binary).Body);
        Assert.Contains("\"snapshot\":true", value, StringComparison.Ordinal);
    }

    private static string TextOf(ReadyFrame frame) => Encoding.UTF8.GetString(frame.Bytes);
}
