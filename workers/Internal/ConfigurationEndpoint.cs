using Realtime.Hosting.Configuration;
using Realtime.Workers.Queries;

namespace Realtime.Workers.Internal;

/// <summary><c>/internal/configuration</c>: what this worker runs with, without secrets.</summary>
internal sealed class ConfigurationEndpoint(EffectiveConfiguration configuration)
{
    public async Task ReadAsync(HttpContext context)
    {
        if (await InternalAnswer.CheckAsync(context, new QueryReader(context.Request.Query)))
        {
            await InternalAnswer.WriteAsync(context, StatusCodes.Status200OK, configuration.Write);
        }
    }
}
