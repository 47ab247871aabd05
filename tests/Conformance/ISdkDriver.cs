using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Realtime.Tests.Conformance;

/// <summary>One SDK, driven by the commands of this folder's README.</summary>
internal interface ISdkDriver : IAsyncDisposable
{
    /// <summary>What the SDK told, in its order.</summary>
    ChannelReader<JsonObject> Reports { get; }

    /// <summary>Carries out a command; returns its answer.</summary>
    /// <exception cref="SdkErrorException">The SDK refused it.</exception>
    Task<JsonObject> DoAsync(JsonObject command);
}
