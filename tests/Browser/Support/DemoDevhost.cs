using System.Text.Json;
using Realtime.Tests.Devhost;

namespace Realtime.Tests.Browser.Support;

/// <summary>A devhost with its demo agents, as a newcomer starts it.</summary>
public sealed class DemoDevhost : IAsyncLifetime
{
    private DevhostProcess? _devhost;

    /// <summary>The link that signs in, once; the file is written anew after each sign-in.</summary>
    public string Link => JsonDocument.Parse(File.ReadAllBytes(_devhost!.ReadyFile)).RootElement
        .GetProperty("page").GetString()!;

    public async Task InitializeAsync() => _devhost = await DevhostProcess.StartAsync();

    public async Task DisposeAsync()
    {
        if (_devhost is not null)
        {
            await _devhost.DisposeAsync();
        }
    }
}
