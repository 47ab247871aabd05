using Realtime.Hosting.Health;
using Realtime.Hosting.Identity;

namespace Realtime.Workers.Stamp;

/// <summary>Tells a probing edge whether this worker would believe it.</summary>
internal static class ProbeVerdictExtensions
{
    /// <summary>
    /// Answers a probe that carries an <see cref="OperatorStamp"/> with what that is worth, in
    /// <see cref="ProbeStamp.Header"/>. It opens nothing, and refuses nothing: health is for everybody.
    /// </summary>
    public static IApplicationBuilder UseProbeVerdict(this IApplicationBuilder app)
    {
        OperatorStamp stamp = app.ApplicationServices.GetRequiredService<OperatorStamp>();
        string worker = app.ApplicationServices.GetRequiredService<WorkerOptions>().Name;
        return app.Use((context, next) =>
        {
            if (context.Request.Path == ProbeStamp.Target
                && context.Request.Headers[OperatorStamp.Header] is [{ } text])
            {
                context.Response.Headers[ProbeStamp.Header] = ProbeStamp.NameOf(
                    stamp.Verify(text, ProbeStamp.Method, ProbeStamp.Target, worker, out _));
            }

            return next(context);
        });
    }
}
