using System.Net;
using System.Net.Http.Headers;
using Realtime.Tests.Edge;

namespace Realtime.Tests.EndToEnd.Hostile;

/// <summary>A real edge and a real worker, and between them a recorder.</summary>
public sealed class RecordedSystem : IAsyncLifetime
{
    private RequestRecorder _recorder = null!;

    internal RealtimeSystem System { get; private set; } = null!;

    internal string Token { get; private set; } = "";

    internal IReadOnlyList<string> Requests => _recorder.Requests();

    public async Task InitializeAsync()
    {
        System = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            WayToWorker = (_, address) => (_recorder ??= new RequestRecorder(address.Port)).Address,
        });
        Token = System.Token();
    }

    public async Task DisposeAsync()
    {
        await System.DisposeAsync();
        await _recorder.DisposeAsync();
    }

    /// <summary>Sends bytes, and a last request that ends the connection; all that was answered.</summary>
    internal async Task<string> SendAsync(string bytes)
    {
        await using RawConnection client = await RawConnection.ConnectTlsAsync(System.Edge());
        try
        {
            await client.SendAsync(bytes);
            await client.SendAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        }
        catch (IOException)
        {
            // The edge had seen enough.
        }

        return await client.EverythingAsync();
    }

    /// <summary>Whether the edge and its worker serve others.</summary>
    internal async Task<bool> ServesAsync()
    {
        using HttpClient client = System.CreateClient(Token);
        using var body = new StringContent("""{"channel":"agents","type":"t","agent":"witness","payload":1}""");
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage answer = await client.PostAsync("v1/events", body);
        return answer.StatusCode == HttpStatusCode.Accepted;
    }
}
